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
        probing: network, sample: .noise(network.imageShape), fetching: [logits])
      let program = support.network === network ? single : support.network.program(fetching: [logits])
      found = (support, program)
      return (support, program)
    }
  }
}
