import Execution
import Imaging
import Kernels
import Tensors

/// Runs a classifier on one input under the masks of an activation's channels.
///
/// Where the masks are resized linearly and multiply the network's own input, the first convolution is a sum over the
/// few nodes of the activation's grid around each pixel, and no masked input is ever written; otherwise each is.
struct MaskedPasses: Sendable {
  private let classifier: Classifier
  private let masks: MaskGenerator
  private let maskedInput: MaskedInput
  private let shared: (basis: MaskBasis, program: Program)?
  private let profile: ScoreCAMProfile?

  init(classifier: Classifier, input: NetworkInput, masks: MaskGenerator, profile: ScoreCAMProfile?) throws {
    self.profile = profile
    self.classifier = classifier
    self.masks = masks
    let masking = masks.masking
    maskedInput = try MaskedInput(input, domain: masking.domain, layout: classifier.layout)
    let isLinear =
      masking.domain == .normalised && masking.normalization != .column && classifier.layout == .nchw
    let basis = try profile.time(\.sharedSeconds) {
      guard isLinear else { return MaskBasis?.none }
      return try classifier.maskBasis(
        of: input.tensor,
        rows: GridWeights(nodes: masks.plan.sourceHeight, pixels: masks.plan.rowWeights),
        columns: GridWeights(nodes: masks.plan.sourceWidth, pixels: masks.plan.columnWeights))
    }
    shared = try basis.map { ($0, try classifier.maskedProgram()) }
    if let profile {
      let program = try shared?.program ?? classifier.passesProgram()
      profile.steps = (program, ProgramProfile(program))
    }
  }

  /// The logits under the masks of some channels that are not constant, one row after the other.
  func logits(
    under channels: [Int], imagesPerThread: Int, progress: @escaping @Sendable (_ done: Int) -> Void
  ) throws -> [Float] {
    guard !channels.isEmpty else { return [] }
    profile?.passCount += channels.count
    guard let (basis, program) = shared else {
      return try profile.time(\.passSeconds) {
        try classifier.logits(
          images: channels.count, imagesPerThread: imagesPerThread, profile: profile?.steps?.profile, progress: progress
        ) {
          [masks, maskedInput] index, image in
          withUnsafeTemporaryAllocation(of: Float.self, capacity: masks.width * masks.height) { mask in
            masks.write(channel: channels[index], to: mask)
            maskedInput.write(mask: UnsafeBufferPointer(mask), to: image)
          }
        }
      }
    }
    let masked = profile.time(\.maskSeconds) { basis.masked(by: coefficients(of: channels)) }
    return try profile.time(\.passSeconds) {
      try classifier.logits(
        of: masked, program, imagesPerThread: imagesPerThread, profile: profile?.steps?.profile, progress: progress)
    }
  }

  /// The masks on the activation's grid, before they are resized.
  private func coefficients(of channels: [Int]) -> [Float] {
    let size = masks.plan.sourceWidth * masks.plan.sourceHeight
    var coefficients = [Float](repeating: 0, count: channels.count * size)
    coefficients.withUnsafeMutableBufferPointer { coefficients in
      nonisolated(unsafe) let coefficients = coefficients
      classifier.pool.forEach(channels.count) { index in
        masks.writeGrid(
          channel: channels[index],
          to: UnsafeMutableBufferPointer(rebasing: coefficients[index * size..<(index + 1) * size]))
      }
    }
    return coefficients
  }
}
