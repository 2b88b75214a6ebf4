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

  init(classifier: Classifier, input: NetworkInput, masks: MaskGenerator) throws {
    self.classifier = classifier
    self.masks = masks
    let masking = masks.masking
    maskedInput = try MaskedInput(input, domain: masking.domain, layout: classifier.layout)
    if masking.domain == .normalised, masking.normalization != .column, classifier.layout == .nchw,
      let basis = try classifier.maskBasis(
        of: input.tensor,
        rows: GridWeights(nodes: masks.plan.sourceHeight, pixels: masks.plan.rowWeights),
        columns: GridWeights(nodes: masks.plan.sourceWidth, pixels: masks.plan.columnWeights))
    {
      shared = (basis, try classifier.maskedProgram())
    } else {
      shared = nil
    }
  }

  /// The logits under the masks of some channels that are not constant, one row after the other.
  func logits(under channels: [Int]) throws -> [Float] {
    guard let (basis, program) = shared else {
      return try classifier.logits(images: channels.count) { [masks, maskedInput] index, image in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: masks.width * masks.height) { mask in
          masks.write(channel: channels[index], to: mask)
          maskedInput.write(mask: UnsafeBufferPointer(mask), to: image)
        }
      }
    }
    return try classifier.logits(of: basis.masked(by: coefficients(of: channels)), program)
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
