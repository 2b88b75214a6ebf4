import Imaging
import Tensors

/// Makes the mask of each channel of an activation, one at a time, at the size of the network's input.
///
/// - Source: Score-CAM, equations 4 to 6; `ScoreCAMConfiguration.Masking` names the variants.
struct MaskGenerator: Sendable {
  let activation: Tensor
  let masking: ScoreCAMConfiguration.Masking
  let plan: ResamplingPlan
  /// The input's size.
  let width: Int
  let height: Int

  private let channelSize: Int

  /// - Parameter activation: 1×channels×height×width, float32.
  init(activation: Tensor, masking: ScoreCAMConfiguration.Masking, width: Int, height: Int) {
    self.activation = activation
    self.masking = masking
    self.width = width
    self.height = height
    channelSize = activation.shape[2] * activation.shape[3]
    plan = ResamplingPlan(
      sourceWidth: activation.shape[3], sourceHeight: activation.shape[2], width: width, height: height,
      masking.upsampling, alignsCorners: masking.alignsCorners)
  }

  var channelCount: Int { activation.shape[1] }

  /// The channels that are constant, whose masks are zero: tested at the activation's own size, since resizing a
  /// constant leaves rounding noise that normalization would blow up to a full mask.
  func constantChannels() -> [Int] {
    activation.withElements(of: Float.self) { elements in
      (0..<channelCount).filter { channel in
        let plane = elements[channel * channelSize..<(channel + 1) * channelSize]
        return plane.allSatisfy { $0 == plane.first! }
      }
    }
  }

  /// Writes the mask of a channel that is not constant; `mask` has height × width elements.
  func write(channel: Int, to mask: UnsafeMutableBufferPointer<Float>) {
    activation.withElements(of: Float.self) { elements in
      let plane = UnsafeBufferPointer(rebasing: elements[channel * channelSize..<(channel + 1) * channelSize])
      switch masking.normalization {
      case .before:
        withUnsafeTemporaryAllocation(of: Float.self, capacity: channelSize) { normalised in
          _ = normalised.initialize(from: plane)
          MinMaxNormalization.normalize(normalised, epsilon: masking.epsilon)
          plan.apply(from: UnsafeBufferPointer(normalised), to: mask)
        }
      case .after:
        plan.apply(from: plane, to: mask)
        MinMaxNormalization.normalize(mask, epsilon: masking.epsilon)
      case .column:
        plan.apply(from: plane, to: mask)
        MinMaxNormalization.normalizeColumns(mask, width: width, epsilon: masking.epsilon)
      }
    }
  }
}

extension MaskGenerator {
  /// Writes the values on the activation's grid that resizing makes a channel's mask of; `grid` has height × width
  /// elements of the activation.
  ///
  /// Normalization after resizing is the same line through all values, and weights of a resizing sum to 1: it can as
  /// well be applied before, with the minimum and maximum of the resized map.
  ///
  /// - Precondition: normalization is not by columns.
  func writeGrid(channel: Int, to grid: UnsafeMutableBufferPointer<Float>) {
    activation.withElements(of: Float.self) { elements in
      _ = grid.update(fromContentsOf: elements[channel * grid.count..<(channel + 1) * grid.count])
    }
    switch masking.normalization {
    case .before: MinMaxNormalization.normalize(grid, epsilon: masking.epsilon)
    case .after:
      withUnsafeTemporaryAllocation(of: Float.self, capacity: width * height) { mask in
        plan.apply(from: UnsafeBufferPointer(grid), to: mask)
        MinMaxNormalization.normalize(grid, epsilon: masking.epsilon, range: MinMaxNormalization.range(of: mask))
      }
    case .column: preconditionFailure("columns are normalised after resizing")
    }
  }
}

extension ResamplingPlan {
  /// Resizes planes of any size to `width` × `height`.
  init(
    sourceWidth: Int, sourceHeight: Int, width: Int, height: Int, _ upsampling: ScoreCAMConfiguration.Upsampling,
    alignsCorners: Bool
  ) {
    let method: ResamplingPlan.Method =
      switch upsampling {
      case .bilinear: .bilinear(alignCorners: alignsCorners)
      case .bicubic: .bicubic(alignCorners: alignsCorners)
      case .nearest: .nearest
      }
    self.init(sourceWidth: sourceWidth, sourceHeight: sourceHeight, width: width, height: height, method)
  }
}
