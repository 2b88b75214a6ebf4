import Execution
import GraphIR
import Tensors

/// Finds out, at the first time that somebody asks, whether a network takes several images at a time: that costs some
/// passes, which one image alone need not pay for.
final class BatchProbe: @unchecked Sendable {
  private let single: Program
  private let logits: ValueID
  private var found: (support: BatchSupport, program: Program)?
  private let lock = SystemLock()

  /// - Parameter single: what gives the logits of one image.
  init(_ single: Program, logits: ValueID) {
    self.single = single
    self.logits = logits
  }

  /// What was found out, and the program to run several images with.
  ///
  /// - Throws: where the network does not run.
  func get() throws -> (support: BatchSupport, program: Program) {
    try lock.withLock {
      if let found { return found }
      let network = single.network
      let support = try BatchSupport(
        probing: network, sample: BatchProbe.noise(network.imageShape), fetching: [logits])
      let program = support.network === network ? single : support.network.program(fetching: [logits])
      found = (support, program)
      return (support, program)
    }
  }

  /// Values between −1 and 1 without a pattern, the same every time.
  private static func noise(_ shape: Shape) -> Tensor {
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    return Tensor(
      shape,
      (0..<shape.count).map { _ -> Float in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Float(Int64(truncatingIfNeeded: state) >> 40) / Float(1 << 23)
      })
  }
}
