import Kernels
import Tensors

/// The product of matrices, or of stacks of them, by NumPy's rule: a vector on the left is a row, on the right a column,
/// whose axis then falls away; the axes in front of the matrices' broadcast.
///
/// - Source: ONNX operator MatMul 1, 9 (integers), 13 (bfloat16).
struct MatMul: Operator {
  private var packed: PackedMatrix?

  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let a = try inputs.required(0, "A")
    let b = try inputs.required(1, "B")
    try a.requireMatrixType(named: "A")
    try b.requireType(a.elementType, named: "B")
    let shapes = try MatMulShapes(a.shape, b.shape)
    let visitor = MatMulVisitor(
      a: try a.widened(context), b: try b.widened(context), shapes: shapes, packed: packed, context: context)
    return [try a.elementType.visited(by: visitor).cast(to: a.elementType, context)]
  }

  func prepared(constants: [Tensor?], _ context: EvaluationContext) throws -> any Operator {
    guard constants.count > 1, let b = try constants[1]?.widened(context), b.shape.rank >= 2 else { return self }
    let (rows, columns) = (b.shape[b.shape.rank - 2], b.shape[b.shape.rank - 1])
    var result = self
    result.packed = PackedMatrix(constant: b, rows: rows, columns: columns, isTransposed: false)
    return result
  }

  func multiplyAccumulates(inputs: [Shape?], outputs: [Shape]) -> Int {
    guard let a = inputs.first ?? nil, let depth = a.dimensions.last, let y = outputs.first else { return 0 }
    return y.count.multipliedClamping(by: depth)
  }
}

/// The shapes of a product of stacks of matrices.
struct MatMulShapes: Sendable {
  let rows: Int
  let columns: Int
  let depth: Int
  /// The product's.
  let output: Shape
  /// For each product of matrices in order, which of the left and of the right matrices it is of.
  let pairs: [(left: Int, right: Int)]

  init(_ a: Shape, _ b: Shape) throws(OperatorError) {
    guard a.rank > 0, b.rank > 0 else {
      throw .mismatched("A has shape \(a) and B \(b); scalars are not matrices")
    }
    rows = a.rank > 1 ? a[a.rank - 2] : 1
    depth = a[a.rank - 1]
    columns = b.rank > 1 ? b[b.rank - 1] : 1
    guard depth == b[max(b.rank - 2, 0)] else {
      throw .mismatched("A of shape \(a) and B of shape \(b) cannot be multiplied")
    }
    let stackOfA = try Shape.checked(a.dimensions.dropLast(2))
    let stackOfB = try Shape.checked(b.dimensions.dropLast(2))
    let stack: Shape
    do { stack = try stackOfA.broadcast(with: stackOfB) } catch { throw OperatorError(error) }
    output = try .checked(stack.dimensions + (a.rank > 1 ? [rows] : []) + (b.rank > 1 ? [columns] : []))
    guard output.count > 0 else {
      pairs = []
      return
    }
    if stackOfB.count == 1 {
      pairs = (0..<stack.count).map { ($0, 0) }
      return
    }
    let (stepsOfA, stepsOfB) = (stackOfA.strides(broadcastTo: stack), stackOfB.strides(broadcastTo: stack))
    pairs = (0..<stack.count).map { index in
      var rest = index
      var pair = (left: 0, right: 0)
      for axis in stack.dimensions.indices.reversed() {
        let place = rest % stack[axis]
        rest /= stack[axis]
        pair.left += place * stepsOfA[axis]
        pair.right += place * stepsOfB[axis]
      }
      return pair
    }
  }
}

private struct MatMulVisitor: NumericVisitor {
  let a: Tensor
  let b: Tensor
  let shapes: MatMulShapes
  let packed: PackedMatrix?
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    let (shapes, pool) = (shapes, context.pool)
    let (rows, columns, depth) = (shapes.rows, shapes.columns, shapes.depth)
    return try Tensor(shapes.output, of: type, allocator: context.allocator) { target in
      guard let target = target.baseAddress, let last = shapes.pairs.last else { return }
      let isSharedRight = last.right == 0 && last.left == shapes.pairs.count - 1
      if isSharedRight {
        // One matrix on the right: those on the left are one matrix of all their rows.
        MatrixProduct(
          left: .init(a, rowStride: depth), right: .init(b, rowStride: columns, packed: packed),
          rows: shapes.pairs.count * rows, columns: columns, depth: depth
        ).writeFastest(to: target, pool)
        return
      }
      nonisolated(unsafe) let shared = target
      pool.forEach(shapes.pairs.count) { index in
        let pair = shapes.pairs[index]
        MatrixProduct(
          left: .init(a, from: pair.left * rows * depth, rowStride: depth),
          right: .init(b, from: pair.right * depth * columns, rowStride: columns), rows: rows, columns: columns,
          depth: depth
        ).writeFastest(to: shared + index * rows * columns, pool)
      }
    }
  }
}

extension Tensor {
  /// Checks that products of matrices are defined for the element type.
  func requireMatrixType(named name: String) throws(OperatorError) {
    try requireType(.float32, .float64, .float16, .bfloat16, .int32, .int64, .uint32, .uint64, named: name)
  }
}

extension MatMul: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads {
    GradientReads(inputs: [0, 1].filter { wanted[1 - $0] })
  }

  /// ∂L/∂A = ∂L/∂Y · Bᵀ and ∂L/∂B = Aᵀ · ∂L/∂Y for each pair of matrices, summed over what was broadcast.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let context = call.context
    let (a, b) = (try call.shape(0), try call.shape(1))
    let (matrixA, matrixB) = (try a.asMatrices(isLeft: true), try b.asMatrices(isLeft: false))
    let shapes = try MatMulShapes(matrixA, matrixB)
    let gradient = try call.gradient().reshaped(to: shapes.output)
    return try call.forEachWanted { index in
      if index == 0 {
        let right = try call.input(1).reshaped(to: matrixB)
        if right.shape.rank == 2 || shapes.pairs.count == 1 {
          // One matrix on the right: the rows of all gradients are one matrix.
          let rows = try gradient.reshaped(to: Shape([shapes.pairs.count * shapes.rows, shapes.columns]))
          return try MatrixSide(rows, isTransposed: false).product(
            with: MatrixSide(right.reshaped(to: Shape([shapes.depth, shapes.columns])), isTransposed: true), context
          ).reshaped(to: a)
        }
        return try gradient.product(with: right.transposedMatrices(context), context).summed(to: matrixA, context)
          .reshaped(to: a)
      }
      let left = try call.input(0).reshaped(to: matrixA)
      if b.rank <= 2 {
        let (rows, depth) = (shapes.pairs.count * shapes.rows, shapes.depth)
        let sides = (
          try left.reshaped(to: Shape([rows, depth])), try gradient.reshaped(to: Shape([rows, shapes.columns]))
        )
        return try MatrixSide(sides.0, isTransposed: true).product(
          with: MatrixSide(sides.1, isTransposed: false), context
        ).reshaped(to: b)
      }
      return try left.transposedMatrices(context).product(with: gradient, context).summed(to: matrixB, context)
        .reshaped(to: b)
    }
  }
}

extension Shape {
  /// The shape with an axis of 1 that makes a vector a row on the left, a column on the right.
  fileprivate func asMatrices(isLeft: Bool) throws(OperatorError) -> Shape {
    rank > 1 ? self : try .checked(isLeft ? [1] + dimensions : dimensions + [1])
  }
}

extension Tensor {
  /// The products of two stacks of matrices, which broadcast to each other.
  fileprivate func product(with other: Tensor, _ context: EvaluationContext) throws -> Tensor {
    try elementType.visited(
      by: MatMulVisitor(a: self, b: other, shapes: MatMulShapes(shape, other.shape), packed: nil, context: context))
  }

  /// The transposes of a stack of matrices.
  fileprivate func transposedMatrices(_ context: EvaluationContext) throws -> Tensor {
    var axes = Array(0..<shape.rank)
    axes.swapAt(shape.rank - 1, shape.rank - 2)
    return try copied(StridedView(shape).permuted(axes), to: Shape(axes.map { shape[$0] }), context)
  }
}
