import Tensors

/// The input as a matrix: the axes before `axis` become the rows, the others the columns.
///
/// - Source: ONNX operator Flatten 1, 9, 11 (negative axis), 13, 21, 23, 24, 25.
struct Flatten: Operator {
  private let axis: Int

  init(_ node: NodeDescription) throws(OperatorError) {
    axis = try node.int("axis") ?? 1
    guard axis >= 0 || node.version >= 11 else {
      throw .malformed("axis is \(axis); negative axes are allowed from version 11 on")
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input")
    let rank = x.shape.rank
    // Unlike elsewhere the rank itself is allowed: it makes a single row of columns of one element.
    guard axis >= -rank, axis <= rank else {
      throw OperatorError.mismatched("axis \(axis) is outside of an input of shape \(x.shape)")
    }
    let split = axis < 0 ? axis + rank : axis
    return [try x.reshaped(to: try Shape([x.shape.count(of: 0..<split), x.shape.count(of: split..<rank)]))]
  }
}

extension Flatten: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x is ∂L/∂y in the shape of x.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    [try call.gradient().reshaped(to: call.shape(0))]
  }
}
