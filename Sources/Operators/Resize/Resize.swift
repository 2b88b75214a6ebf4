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
    let (target, regions) = try geometry(of: x.shape, inputs)
    return [try method.apply(to: x, target, regions: regions, context)]
  }

  /// What an input of that shape is resized to, and which part of it.
  private func geometry(
    of shape: Shape, _ inputs: OperatorInputs
  ) throws -> (target: ResizeTarget, regions: [(start: Float, end: Float)]?) {
    let axes = try shape.normalizedAxes(axes ?? Array(0..<shape.rank))
    // An empty list counts as left out.
    let scales = try inputs.floats(hasRegion ? 2 : 1, "scales").flatMap { $0.isEmpty && shape.rank > 0 ? nil : $0 }
    let sizes = hasRegion ? try inputs.integers(3, "sizes").flatMap { $0.isEmpty ? nil : $0 } : nil
    let target: ResizeTarget
    switch (scales, sizes) {
    case (let scales?, nil): target = try ResizeTarget(shape, scales: scales, axes: axes)
    case (nil, let sizes?): target = try ResizeTarget(shape, sizes: sizes, axes: axes, policy: policy)
    default: throw OperatorError.malformed("exactly one of scales and sizes must be given")
    }
    return (target, try method.usesRegion ? regions(inputs, axes: axes, rank: shape.rank) : nil)
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

extension Resize: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x is the transpose of the resampling, a linear map, of ∂L/∂y.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let shape = try call.shape(0)
    let (target, regions) = try geometry(of: shape, call.operatorInputs)
    return [try method.gradient(from: call.gradient(), shape: shape, target, regions: regions, call.context)]
  }
}
