/// Where along an axis of the input a position of the resized axis lies; raw values are ONNX's names.
///
/// - Source: ONNX operator Resize 19, attribute coordinate_transformation_mode.
enum CoordinateTransform: String, Sendable {
  case alignCorners = "align_corners"
  case asymmetric
  case halfPixel = "half_pixel"
  case halfPixelSymmetric = "half_pixel_symmetric"
  case pytorchHalfPixel = "pytorch_half_pixel"
  case tfCropAndResize = "tf_crop_and_resize"
  case tfHalfPixelForNearest = "tf_half_pixel_for_nn"

  /// The input's coordinate, in single precision as the scales are given.
  func original(of index: Int, on axis: ResizedAxis) -> Float {
    let position = Float(index)
    let last = Float(axis.extent - 1)
    // Not a whole number where the extent was rounded down to one.
    let width = axis.scale * Float(axis.extent)
    switch self {
    case .alignCorners: return axis.count == 1 ? 0 : position * last / (width - 1)
    case .asymmetric: return position / axis.scale
    case .halfPixel: return (position + 0.5) / axis.scale - 0.5
    case .halfPixelSymmetric:
      let offset = Float(axis.extent) / 2 * (1 - Float(axis.count) / width)
      return offset + (position + 0.5) / axis.scale - 0.5
    case .pytorchHalfPixel: return axis.count > 1 ? (position + 0.5) / axis.scale - 0.5 : 0
    case .tfCropAndResize:
      let (start, end) = axis.region
      guard axis.count > 1 else { return 0.5 * (start + end) * last }
      return start * last + position * (end - start) * last / (width - 1)
    case .tfHalfPixelForNearest: return (position + 0.5) / axis.scale
    }
  }
}

/// Which neighbour of a coordinate is the nearest; raw values are ONNX's names.
enum NearestRounding: String, Sendable {
  case ceil
  case floor
  case roundPreferCeil = "round_prefer_ceil"
  case roundPreferFloor = "round_prefer_floor"
  /// Resize 10 and Upsample: down where the axis grows, up where it shrinks.
  case floorOrCeilByScale = ""

  func callAsFunction(_ coordinate: Float, scale: Float) -> Float {
    switch self {
    case .ceil: coordinate.rounded(.up)
    case .floor: coordinate.rounded(.down)
    case .roundPreferCeil: (coordinate + 0.5).rounded(.down)
    case .roundPreferFloor: (coordinate - 0.5).rounded(.up)
    case .floorOrCeilByScale: coordinate.rounded(scale < 1 ? .up : .down)
    }
  }
}

/// One axis of a resize.
struct ResizedAxis: Sendable {
  /// The input's extent, at least 1.
  let extent: Int
  /// The output's extent.
  let count: Int
  /// Output by input as it was asked for.
  let scale: Float
  /// The part of the input that is resized, 0 … 1; for `tfCropAndResize` alone.
  let region: (start: Float, end: Float)
}
