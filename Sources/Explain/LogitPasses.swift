import Execution
import GraphIR
import Tensors

/// A compiled network, or the part of one behind a layer, that is asked for logits.
struct LogitPasses: Sendable {
  let logits: ValueID

  /// What gives the logits of one image.
  private let single: Program

  private let probe: BatchProbe

  init(_ network: CompiledNetwork, logits: ValueID) {
    self.logits = logits
    single = network.program(fetching: [logits])
    probe = BatchProbe(single, logits: logits)
  }

  /// Whether several images can run at a time, and the program to run them with.
  func batches() throws -> (support: BatchSupport, program: Program) { try probe.get() }

  /// The logits of images, one row after the other; the parameters are those of `Program.run`.
  func run(
    images count: Int, imagesPerThread: Int, profile: ProgramProfile? = nil,
    progress: (@Sendable (_ done: Int) -> Void)? = nil,
    fill: @escaping @Sendable (_ index: Int, _ image: UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws -> [Float] {
    let (program, limit) = try passes(images: count)
    let results = try program.run(
      images: count, imagesPerThread: min(limit, imagesPerThread), profile: profile, progress: progress, fill: fill)
    return try LogitPasses.finite(results[logits]!)
  }

  /// The logits of each image of a batch.
  func run(_ images: Tensor) throws -> [Float] {
    let (program, imagesPerThread) = try passes(images: images.shape.rank > 0 ? images.shape[0] : 1)
    return try LogitPasses.finite(try program.run(images, imagesPerThread: imagesPerThread)[logits]!)
  }

  /// What to run some images with, and how many of them a thread may take at a time.
  private func passes(images count: Int) throws -> (program: Program, imagesPerThread: Int) {
    guard count > 1 else { return (single, 1) }
    let (support, program) = try probe.get()
    return (program, support.isBatched ? .max : 1)
  }

  /// - Throws: `ExplainError` where a logit is not a finite number.
  static func finite(_ tensor: Tensor) throws -> [Float] {
    guard tensor.elementType == .float32 else {
      throw ExplainError(.unsupported, "the model's logits are of \(tensor.elementType), not float32")
    }
    let logits = tensor.elements(of: Float.self)
    guard logits.allSatisfy(\.isFinite) else {
      throw ExplainError(.mismatched, "the model gives a logit that is not a finite number")
    }
    return logits
  }
}
