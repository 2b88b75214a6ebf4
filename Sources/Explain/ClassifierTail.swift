import Execution
import GraphIR
import Tensors

/// The layers of a classifier behind a hooked one: from activations to logits, without the layers before.
struct ClassifierTail: Sendable {
  private let passes: LogitPasses

  fileprivate init(_ passes: LogitPasses) { self.passes = passes }

  /// The logits of changed activations, one row after the other.
  ///
  /// - Parameters:
  ///   - count: how many activations.
  ///   - fill: writes activation `index`, as many elements as the layer's has; called from any thread.
  func logits(
    activations count: Int, perThread: Int, progress: (@Sendable (_ done: Int) -> Void)? = nil,
    fill: @escaping @Sendable (_ index: Int, _ activation: UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws -> [Float] {
    try passes.run(images: count, imagesPerThread: perThread, progress: progress, fill: fill)
  }
}

/// Keeps the tails of a classifier that are the same for all images.
final class TailCache: @unchecked Sendable {
  private let network: CompiledNetwork
  private let logits: ValueID
  private var tails: [ValueID: ClassifierTail] = [:]
  private let lock = SystemLock()

  init(_ network: CompiledNetwork, logits: ValueID) {
    self.network = network
    self.logits = logits
  }

  func tail(behind value: ValueID, image: Tensor) throws -> ClassifierTail {
    if let tail = lock.withLock({ tails[value] }) { return tail }
    let part = NetworkTail(of: network, from: value, fetching: [logits])
    guard part.sideValues.isEmpty else {
      let sides = try network.program(fetching: part.sideValues).run(image)
      return ClassifierTail(LogitPasses(try part.compiled(sideValues: sides), logits: logits))
    }
    let tail = ClassifierTail(LogitPasses(try part.compiled(), logits: logits))
    lock.withLock { tails[value] = tail }
    return tail
  }
}
