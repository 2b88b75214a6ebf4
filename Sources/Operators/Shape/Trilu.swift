import Tensors

/// The upper or lower triangle of the matrices along the last two axes; the rest is zero.
///
/// The triangle is bounded by the diagonal that lies `k` columns to the right of the main one, which belongs to it.
///
/// - Source: ONNX operator Trilu 14.
struct Trilu: Operator {
  private let keepsUpper: Bool

  init(_ node: NodeDescription) throws(OperatorError) { keepsUpper = try node.flag("upper", default: true) }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input")
    guard x.shape.rank >= 2 else {
      throw OperatorError.mismatched("the input has shape \(x.shape); a matrix or a stack of them is expected")
    }
    let offsets = try inputs.integers(1, "k") ?? [0]
    guard offsets.count == 1 else { throw OperatorError.mismatched("k has \(offsets.count) elements, not one") }
    let (rows, columns) = (x.shape[x.shape.rank - 2], x.shape[x.shape.rank - 1])
    // Beyond the corners the diagonal is all the same.
    let k = min(max(offsets[0], -rows), columns)
    return [
      try x.gatheringBlocks(of: 1, count: x.count, to: x.shape, context) { index in
        let distance = index % columns - index / columns % rows
        return (keepsUpper ? distance >= k : distance <= k) ? index : -1
      }
    ]
  }
}

extension Trilu: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x is the same triangle of ∂L/∂y; the rest is zero.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    try evaluate(OperatorInputs([call.gradient(), call.operatorInputs.optional(1)]), call.context)
  }
}
