import Tensors

/// The input resampled to other extents, by its nearest elements or by linear or cubic interpolation along each axis.
///
/// Any number of axes may change; the work is done axis by axis, the last one first. Interpolated integers are rounded
/// to the nearest and clamped.
///
/// - Source: ONNX operator Resize 10, 11, 13, 18 (antialias, axes, aspect ratio), 19 (`half_pixel_symmetric`); the
///   coordinates are computed in single precision, as onnxruntime does.
struct Resize: Operator {
  private let method: ResizeMethod
  private let axes: [Int]?
  private let policy: AspectRatioPolicy
  private let hasRegion: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    method = try ResizeMethod(node)
    hasRegion = node.version >= 11
    axes = node.version >= 18 ? try node.ints("axes") : nil
    let name = node.version >= 18 ? try node.string("keep_aspect_ratio_policy") ?? "stretch" : "stretch"
    guard let policy = AspectRatioPolicy(rawValue: name) else {
      throw .malformed("keep_aspect_ratio_policy is '\(name)'")
    }
    self.policy = policy
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let axes = try x.shape.normalizedAxes(axes ?? Array(0..<x.shape.rank))
    // An empty list counts as left out.
    let scales = try inputs.floats(hasRegion ? 2 : 1, "scales").flatMap { $0.isEmpty && x.shape.rank > 0 ? nil : $0 }
    let sizes = hasRegion ? try inputs.integers(3, "sizes").flatMap { $0.isEmpty ? nil : $0 } : nil
    let target: ResizeTarget
    switch (scales, sizes) {
    case (let scales?, nil): target = try ResizeTarget(x.shape, scales: scales, axes: axes)
    case (nil, let sizes?): target = try ResizeTarget(x.shape, sizes: sizes, axes: axes, policy: policy)
    default: throw OperatorError.malformed("exactly one of scales and sizes must be given")
    }
    let regions = try method.usesRegion ? regions(inputs, axes: axes, rank: x.shape.rank) : nil
    return [try method.apply(to: x, target, regions: regions, context)]
  }

  /// The part of each axis that is resized, from the input roi: all starts and then all ends.
  private func regions(
    _ inputs: OperatorInputs, axes: [Int], rank: Int
  ) throws(OperatorError) -> [(start: Float, end: Float)] {
    guard let roi = try inputs.floats(1, "roi"), roi.count == 2 * axes.count else {
      throw .malformed("tf_crop_and_resize needs a roi of \(2 * axes.count) numbers")
    }
    var regions = [(start: Float, end: Float)](repeating: (0, 1), count: rank)
    for (index, axis) in axes.enumerated() { regions[axis] = (roi[index], roi[axes.count + index]) }
    return regions
  }
}

extension OperatorInputs {
  /// The elements of a floating-point input of rank 0 or 1; nil where it is left out.
  fileprivate func floats(_ index: Int, _ name: String) throws(OperatorError) -> [Float]? {
    guard let tensor = optional(index) else { return nil }
    guard tensor.shape.rank <= 1 else {
      throw .mismatched("input \(name) has shape \(tensor.shape); a list is expected")
    }
    switch tensor.elementType {
    case .float32: return tensor.elements(of: Float.self)
    case .float64: return tensor.elements(of: Double.self).map { Float($0) }
    case .float16: return tensor.elements(of: Float16.self).map { Float($0) }
    default: throw .mismatched("input \(name) is of \(tensor.elementType); float32 is expected")
    }
  }
}
