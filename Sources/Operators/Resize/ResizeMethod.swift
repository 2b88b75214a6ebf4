import Tensors

/// How values are taken from the input: the attributes that Resize and Upsample share.
struct ResizeMethod: Sendable {
  private enum Mode {
    case nearest(NearestRounding)
    case interpolate(ResizeKernel, antialias: Bool, excludesOutside: Bool)
  }

  private let mode: Mode
  private let transform: CoordinateTransform
  private let extrapolation: Float

  /// Whether the coordinates depend on the input roi.
  var usesRegion: Bool { transform == .tfCropAndResize }

  /// Reads the attributes of Resize, of which version 10 has the mode alone, or of Upsample.
  init(_ node: NodeDescription) throws(OperatorError) {
    let isFull = node.operatorName == "Resize" && node.version >= 11
    let transformName = isFull ? try node.string("coordinate_transformation_mode") ?? "half_pixel" : "asymmetric"
    guard let transform = CoordinateTransform(rawValue: transformName) else {
      throw .malformed("coordinate_transformation_mode is '\(transformName)'")
    }
    self.transform = transform
    extrapolation = try node.float("extrapolation_value") ?? 0
    let antialias = try node.flag("antialias")
    let excludesOutside = try node.flag("exclude_outside")
    let modeName = try node.string("mode") ?? "nearest"
    switch modeName {
    case "nearest":
      guard !antialias else { throw .malformed("antialias does not go with the mode 'nearest'") }
      let roundingName = isFull ? try node.string("nearest_mode") ?? "round_prefer_floor" : ""
      guard let rounding = NearestRounding(rawValue: roundingName), isFull == !roundingName.isEmpty else {
        throw .malformed("nearest_mode is '\(roundingName)'")
      }
      mode = .nearest(rounding)
    case "linear", "bilinear":
      mode = .interpolate(.linear, antialias: antialias, excludesOutside: excludesOutside)
    case "cubic" where isFull:
      let a = try node.float("cubic_coeff_a") ?? -0.75
      mode = .interpolate(.cubic(a: a), antialias: antialias, excludesOutside: excludesOutside)
    default: throw .malformed("mode is '\(modeName)', which version \(node.version) does not have")
    }
  }

  /// Resamples `x`.
  ///
  /// - Parameter regions: the part of each axis to resize; nil is all of them.
  func apply(
    to x: Tensor, _ target: ResizeTarget, regions: [(start: Float, end: Float)]?, _ context: EvaluationContext
  ) throws -> Tensor {
    guard x.count > 0 || target.shape.count == 0 else {
      throw OperatorError.mismatched("an input of shape \(x.shape) has nothing to resize to \(target.shape)")
    }
    let axes = resizedAxes(x.shape, target, regions: regions)
    switch mode {
    case .nearest(let rounding):
      let filler = x.elementType == .string || x.elementType == .bool || !usesRegion
      return try x.gathered(
        to: target.shape, fill: filler ? nil : .scalar(Double(extrapolation), of: x.elementType), context
      ) {
        axes.map { axis in (0..<axis.count).map { nearest(to: $0, on: axis, rounding) } }
      }
    case .interpolate(let kernel, let antialias, let excludesOutside):
      return try x.interpolated(to: target.shape, fill: extrapolation, context) { axis in
        filter(along: axes[axis], kernel, antialias: antialias, excludesOutside: excludesOutside)
      }
    }
  }

  /// The gradient with respect to an input of shape `shape`: the transpose of the linear map that resamples.
  ///
  /// - Parameter gradient: with respect to the result, float32 or float64.
  func gradient(
    from gradient: Tensor, shape: Shape, _ target: ResizeTarget, regions: [(start: Float, end: Float)]?,
    _ context: EvaluationContext
  ) throws -> Tensor {
    let axes = resizedAxes(shape, target, regions: regions)
    return try gradient.spread(to: shape, context) { axis in
      switch mode {
      case .nearest(let rounding):
        AxisFilter(positions: (0..<axes[axis].count).map { nearest(to: $0, on: axes[axis], rounding) })
      case .interpolate(let kernel, let antialias, let excludesOutside):
        filter(along: axes[axis], kernel, antialias: antialias, excludesOutside: excludesOutside)
      }
    }
  }

  private func resizedAxes(
    _ shape: Shape, _ target: ResizeTarget, regions: [(start: Float, end: Float)]?
  ) -> [ResizedAxis] {
    shape.dimensions.indices.map { axis in
      ResizedAxis(
        extent: shape[axis], count: target.shape[axis], scale: target.scales[axis], region: regions?[axis] ?? (0, 1))
    }
  }

  /// The weights along an axis; nil where it stays as it is.
  private func filter(
    along axis: ResizedAxis, _ kernel: ResizeKernel, antialias: Bool, excludesOutside: Bool
  ) -> AxisFilter? {
    let isSame = axis.extent == axis.count && axis.scale == 1 && !usesRegion
    return isSame
      ? nil : AxisFilter(axis, transform, kernel, antialias: antialias, excludesOutside: excludesOutside)
  }

  /// The nearest position of the input; −1 outside of a cropped region's image.
  private func nearest(to index: Int, on axis: ResizedAxis, _ rounding: NearestRounding) -> Int {
    let coordinate = transform.original(of: index, on: axis)
    let last = Float(axis.extent - 1)
    if usesRegion, !(coordinate >= 0 && coordinate <= last) { return -1 }
    let position = rounding(coordinate, scale: axis.scale)
    // The comparison catches NaN as well.
    guard position > 0 else { return 0 }
    return position < last ? Int(position) : axis.extent - 1
  }
}
