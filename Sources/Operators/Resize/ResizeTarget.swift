import Tensors

/// The output's shape and the scale of each axis, from `scales` or `sizes`.
struct ResizeTarget {
  let shape: Shape
  let scales: [Float]

  /// Extents are scaled in single precision and rounded down.
  init(_ input: Shape, scales: [Float], axes: [Int]) throws(OperatorError) {
    guard scales.count == axes.count else {
      throw .mismatched("there are \(scales.count) scales for \(axes.count) axes")
    }
    var all = [Float](repeating: 1, count: input.rank)
    var dimensions = input.dimensions
    for (axis, scale) in zip(axes, scales) {
      guard scale > 0, scale.isFinite, scale * Float(input[axis]) < 1e15 else {
        throw .malformed("a scale of \(scale) for axis \(axis) of an input of shape \(input)")
      }
      all[axis] = scale
      dimensions[axis] = Int(scale * Float(input[axis]))
    }
    self.scales = all
    shape = try .checked(dimensions)
  }

  init(_ input: Shape, sizes: [Int], axes: [Int], policy: AspectRatioPolicy) throws(OperatorError) {
    guard sizes.count == axes.count else {
      throw .mismatched("there are \(sizes.count) sizes for \(axes.count) axes")
    }
    var all = [Float](repeating: 1, count: input.rank)
    var dimensions = input.dimensions
    for (axis, size) in zip(axes, sizes) {
      guard size >= 0, input[axis] > 0 || size == 0 else {
        throw .mismatched("a size of \(size) for axis \(axis) of an input of shape \(input)")
      }
      dimensions[axis] = size
      all[axis] = input[axis] > 0 ? Float(size) / Float(input[axis]) : 1
    }
    if policy != .stretch, let first = axes.first {
      let scale = axes.reduce(all[first]) { policy == .notLarger ? min($0, all[$1]) : max($0, all[$1]) }
      for axis in axes {
        all[axis] = scale
        let size = (Double(scale) * Double(input[axis]) + 0.5).rounded(.down)
        guard size < 1e15 else { throw .mismatched("sizes \(sizes) are larger than can be addressed") }
        dimensions[axis] = Int(size)
      }
    }
    scales = all
    shape = try .checked(dimensions)
  }
}

/// What becomes of the aspect ratio where sizes are given; raw values are ONNX's names.
enum AspectRatioPolicy: String, Sendable {
  case stretch
  case notLarger = "not_larger"
  case notSmaller = "not_smaller"
}
