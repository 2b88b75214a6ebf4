import Tensors

/// What a sample beyond the edges of an image is; raw values are ONNX's names.
enum SamplingPadding: String, Sendable {
  case zeros
  case border
  case reflection
}

/// How a sample is made of its neighbours.
enum SamplingMode: Sendable {
  case nearest
  case interpolate(ResizeKernel)
}

/// One spatial axis of an image that is sampled at coordinates −1 … 1.
struct SamplingAxis: Sendable {
  /// The image's extent, at least 1.
  let extent: Int
  /// Whether −1 and 1 are the centers of the outermost elements, rather than their outer edges.
  let alignsCorners: Bool
  let padding: SamplingPadding

  /// The positions, with their weights, that a sample at `coordinate` is made from; −1 stands for zero.
  func neighbours(of coordinate: Float, _ mode: SamplingMode) -> [(position: Int, weight: Double)] {
    var x =
      alignsCorners
      ? (coordinate + 1) / 2 * Float(extent - 1)
      : ((coordinate + 1) * Float(extent) - 1) / 2
    // A hostile coordinate lies somewhere outside.
    if !x.isFinite { x = -1e15 }
    if case .nearest = mode { x = x.rounded(.toNearestOrEven) }
    x = max(-1e15, min(1e15, x))
    let whole = x.rounded(.down)
    switch mode {
    case .nearest: return [(position(Int(whole)), 1)]
    case .interpolate(let kernel):
      return (1 - kernel.radius...kernel.radius).map { offset in
        (position(Int(whole) + offset), kernel.weight(at: Double(offset) - Double(x - whole)))
      }
    }
  }

  /// The position of the element at a whole coordinate; −1 for none.
  private func position(_ index: Int) -> Int {
    if index >= 0, index < extent { return index }
    switch padding {
    case .zeros: return -1
    case .border: return index < 0 ? 0 : extent - 1
    case .reflection: return reflected(index)
    }
  }

  /// The position that a whole coordinate comes to when it is reflected at the edges until it lies between them: at the
  /// centers of the outermost elements where those are −1 and 1, else at their outer edges.
  private func reflected(_ index: Int) -> Int {
    let period = alignsCorners ? 2 * (extent - 1) : 2 * extent
    guard period > 0 else { return 0 }
    let rest = index % period
    let phase = rest < 0 ? rest + period : rest
    return phase < extent ? phase : period - phase - (alignsCorners ? 0 : 1)
  }
}
