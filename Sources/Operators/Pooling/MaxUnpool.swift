import Tensors

/// Each element of X at the place that its index tells, zeros elsewhere: undoes MaxPool. X: N×C×….
///
/// - Source: ONNX operator MaxUnpool 9, 11, 22.
struct MaxUnpool: Operator {
  private let kernel: [Int]
  private let strides: [Int]
  private let pads: [Int]

  init(_ node: NodeDescription) throws(OperatorError) {
    guard let kernel = try node.ints("kernel_shape") else { throw .malformed("attribute kernel_shape is missing") }
    self.kernel = kernel
    strides = try node.ints("strides") ?? [Int](repeating: 1, count: kernel.count)
    pads = try node.ints("pads") ?? [Int](repeating: 0, count: 2 * kernel.count)
    guard strides.count == kernel.count, pads.count == 2 * kernel.count,
      (kernel + strides + pads).allSatisfy({ $0 >= 0 && $0 <= 1 << 30 })
    else { throw .malformed("attributes kernel_shape, strides and pads do not fit each other") }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let indices = try inputs.required(1, "I")
    try indices.requireType(.int64, named: "I")
    guard x.shape.rank == kernel.count + 2, indices.shape == x.shape else {
      throw OperatorError.mismatched(
        "X has shape \(x.shape) and I \(indices.shape); N×C and \(kernel.count) spatial extents are expected")
    }
    let pooled = try pooledShape(x.shape)
    let shape = try inputs.integers(2, "output_shape").map { try Shape($0) } ?? pooled
    guard shape.rank == pooled.rank, zip(shape.dimensions, pooled.dimensions).allSatisfy({ $0 >= $1 }) else {
      throw OperatorError.mismatched("output_shape \(shape) is smaller than \(pooled)")
    }
    let visitor = MaxUnpoolVisitor(
      x: try x.widened(context), indices: indices, pooled: pooled, shape: shape, context: context)
    return [try x.elementType.visited(by: visitor).cast(to: x.elementType, context)]
  }

  /// The shape of the tensor that was pooled, as far as the attributes tell.
  private func pooledShape(_ shape: Shape) throws -> Shape {
    var dimensions = Array(shape.dimensions[..<2])
    for axis in kernel.indices {
      let (steps, overflow) = (shape[axis + 2] - 1).multipliedReportingOverflow(by: strides[axis])
      guard !overflow else { throw OperatorError.mismatched("the result is larger than can be addressed") }
      dimensions.append(steps + kernel[axis] - pads[axis] - pads[axis + kernel.count])
    }
    return try Shape(dimensions)
  }
}

private struct MaxUnpoolVisitor: NumericVisitor {
  let x: Tensor
  let indices: Tensor
  /// What the indices count in.
  let pooled: Shape
  /// What the result is laid out in, with further zeros behind each axis.
  let shape: Shape
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    let values = x.elements(of: type)
    let places = indices.elements(of: Int64.self)
    let (from, to) = (pooled.strides, shape.strides)
    return try Tensor(shape, of: type, allocator: context.allocator) { target in
      target.initialize(repeating: .zero)
      for (value, place) in zip(values, places) {
        guard place >= 0, place < pooled.count else {
          throw OperatorError.mismatched("index \(place) is outside of the pooled shape \(pooled)")
        }
        var rest = Int(place)
        var position = 0
        for axis in from.indices {
          position += rest / from[axis] * to[axis]
          rest %= from[axis]
        }
        target[position] = value
      }
    }
  }
}
