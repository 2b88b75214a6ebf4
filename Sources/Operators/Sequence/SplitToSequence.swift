import Tensors

/// The input cut along an axis: into parts of one size, the last of which may be smaller; into parts of the given sizes;
/// or, by default, into parts of extent 1, which lose the axis unless `keepdims` is set.
///
/// - Source: ONNX operator SplitToSequence 11, 24.
struct SplitToSequence: ValueOperator {
  private let axis: Int
  private let keepsAxis: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    axis = try node.int("axis") ?? 0
    keepsAxis = try node.flag("keepdims", default: true) || node.hasInput(1)
  }

  func evaluate(_ inputs: ValueInputs, _ context: EvaluationContext) throws -> [RuntimeValue] {
    let x = try inputs.tensor(0, "input")
    let axis = try x.shape.checkedAxis(axis)
    let extent = x.shape[axis]
    let split = try inputs.optional(1)?.asTensor("split")
    let sizes: [Int]
    if let split, split.shape.rank > 0 {
      sizes = try OperatorInputs([split]).integers(0, "split")!
      var rest = extent
      for size in sizes {
        guard size >= 0, size <= rest else { throw wrongSizes(sizes, axis, x.shape) }
        rest -= size
      }
      guard rest == 0 else { throw wrongSizes(sizes, axis, x.shape) }
      try context.iterations.take(sizes.count)
    } else {
      let size = try inputs.integer(1, "split") ?? 1
      guard size > 0 else { throw OperatorError.malformed("input split is \(size); a positive size is expected") }
      let count = extent / size + (extent % size == 0 ? 0 : 1)
      try context.iterations.take(count)
      sizes = (0..<count).map { min(size, extent - $0 * size) }
    }
    var view = StridedView(x.shape)
    let parts = try sizes.map { size in
      view.dimensions[axis] = size
      defer { view.offset += size * view.strides[axis] }
      var extents = view.dimensions
      if !keepsAxis { extents.remove(at: axis) }
      return try x.copied(view, to: try Shape(extents), context)
    }
    return [.sequence(TensorSequence(elementType: x.elementType, tensors: parts))]
  }

  private func wrongSizes(_ sizes: [Int], _ axis: Int, _ shape: Shape) -> OperatorError {
    .mismatched("parts of sizes \(sizes.prefix(20)) do not make up axis \(axis) of an input of shape \(shape)")
  }
}
