import Kernels
import Tensors

/// Y = alpha · A · B + beta · C, with A and B transposed where the attributes say so. A: M×K, B: K×N; C broadcasts to
/// M×N and may be left out from version 11 on.
///
/// - Source: ONNX operator Gemm 1, 6 (attribute broadcast), 7, 9 (integers), 11, 13.
struct Gemm: Operator {
  private let alpha: Float
  private let beta: Float
  private let isLeftTransposed: Bool
  private let isRightTransposed: Bool
  private let broadcasts: Bool
  private var packed: PackedMatrix?

  init(_ node: NodeDescription) throws(OperatorError) {
    alpha = try node.float("alpha") ?? 1
    beta = try node.float("beta") ?? 1
    isLeftTransposed = try node.int("transA") ?? 0 != 0
    isRightTransposed = try node.int("transB") ?? 0 != 0
    broadcasts = node.version >= 7 ? true : try node.flag("broadcast")
    if node.version < 11, !node.hasInput(2) { throw .malformed("input 2 (C) is missing") }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let a = try inputs.required(0, "A")
    let b = try inputs.required(1, "B")
    let c = inputs.optional(2)
    try a.requireMatrixType(named: "A")
    try b.requireType(a.elementType, named: "B")
    try c?.requireType(a.elementType, named: "C")
    guard a.shape.rank == 2, b.shape.rank == 2 else {
      throw OperatorError.mismatched("A has shape \(a.shape) and B \(b.shape); matrices are expected")
    }
    let (rows, depth) = isLeftTransposed ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
    let (depthOfB, columns) = isRightTransposed ? (b.shape[1], b.shape[0]) : (b.shape[0], b.shape[1])
    guard depth == depthOfB else {
      throw OperatorError.mismatched(
        "A of shape \(a.shape) and B of shape \(b.shape) cannot be multiplied with transA \(isLeftTransposed ? 1 : 0) "
          + "and transB \(isRightTransposed ? 1 : 0)")
    }
    let shape = try Shape([rows, columns])
    if let c {
      guard broadcasts ? (try? c.shape.broadcast(with: shape)) == shape : c.shape == shape else {
        throw OperatorError.mismatched("C has shape \(c.shape), which does not broadcast to \(shape)")
      }
    }
    let product = MatrixProduct(
      left: .init(
        try a.widened(context), rowStride: isLeftTransposed ? 1 : depth, columnStride: isLeftTransposed ? rows : 1),
      right: .init(
        try b.widened(context), rowStride: isRightTransposed ? 1 : columns, columnStride: isRightTransposed ? depth : 1,
        packed: packed),
      rows: rows, columns: columns, depth: depth)
    let sum = GemmSum(
      product: product, alpha: alpha, beta: beta, c: try c?.widened(context), shape: shape, context: context)
    let result = try a.elementType.working == .float32 ? sum.floats() : a.elementType.visited(by: sum)
    return [try result.cast(to: a.elementType, context)]
  }

  func prepared(constants: [Tensor?], _ context: EvaluationContext) throws -> any Operator {
    guard constants.count > 1, let b = try constants[1]?.widened(context), b.shape.rank == 2 else { return self }
    let (rows, columns) = isRightTransposed ? (b.shape[1], b.shape[0]) : (b.shape[0], b.shape[1])
    var result = self
    result.packed = PackedMatrix(constant: b, rows: rows, columns: columns, isTransposed: isRightTransposed)
    return result
  }

  func multiplyAccumulates(inputs: [Shape?], outputs: [Shape]) -> Int {
    guard let a = inputs.first ?? nil, a.rank == 2, let y = outputs.first else { return 0 }
    return y.count.multipliedClamping(by: a[isLeftTransposed ? 0 : 1])
  }
}

extension Gemm: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads {
    GradientReads(inputs: [0, 1].filter { wanted[1 - $0] })
  }

  /// With A′ and B′ as they are multiplied: ∂L/∂A′ = alpha · ∂L/∂Y · B′ᵀ, ∂L/∂B′ = alpha · A′ᵀ · ∂L/∂Y, and ∂L/∂C = beta ·
  /// ∂L/∂Y, summed over what was broadcast.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (context, gradient) = (call.context, try call.gradient())
    return try call.forEachWanted { index in
      switch index {
      case 0:
        let b = MatrixSide(try call.input(1), isTransposed: !isRightTransposed)
        let g = MatrixSide(gradient, isTransposed: false)
        // Of a transposed operand the gradient is transposed as well: (G · B′ᵀ)ᵀ = B′ · Gᵀ.
        return try (isLeftTransposed ? b.transposed.product(with: g.transposed, context) : g.product(with: b, context))
          .scaled(by: Double(alpha), context)
      case 1:
        let a = MatrixSide(try call.input(0), isTransposed: !isLeftTransposed)
        let g = MatrixSide(gradient, isTransposed: false)
        return try (isRightTransposed ? g.transposed.product(with: a.transposed, context) : a.product(with: g, context))
          .scaled(by: Double(alpha), context)
      default: return try gradient.summed(to: call.shape(2), context).scaled(by: Double(beta), context)
      }
    }
  }
}

/// A matrix, or its transpose, as an operand.
struct MatrixSide {
  private let matrix: Tensor
  private let isTransposed: Bool

  /// - Precondition: the tensor's rank is 2.
  init(_ matrix: Tensor, isTransposed: Bool) {
    self.matrix = matrix
    self.isTransposed = isTransposed
  }

  var transposed: MatrixSide { MatrixSide(matrix, isTransposed: !isTransposed) }

  private var rows: Int { matrix.shape[isTransposed ? 1 : 0] }
  private var columns: Int { matrix.shape[isTransposed ? 0 : 1] }

  private var operand: MatrixProduct.Operand {
    let stride = matrix.shape[1]
    return .init(matrix, rowStride: isTransposed ? 1 : stride, columnStride: isTransposed ? stride : 1)
  }

  func product(with right: MatrixSide, _ context: EvaluationContext) throws -> Tensor {
    try MatrixProduct(left: operand, right: right.operand, rows: rows, columns: right.columns, depth: columns)
      .tensor(context)
  }
}
