import Tensors

/// The same elements with another shape.
///
/// In the wanted shape 0 takes over the input's extent at that axis (unless `allowzero` is set, from version 14 on), and
/// a single −1 takes what is left.
///
/// - Source: ONNX operator Reshape 1 (shape as an attribute), 5 (as an input), 13, 14, 19, 21, 23, 24, 25.
struct Reshape: Operator {
  private let target: ListParameter
  private let keepsZero: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    target = try ListParameter(node, "shape", inputFrom: 5, at: 1)
    keepsZero = node.version >= 14 ? try node.flag("allowzero") : false
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let data = try inputs.required(0, "data")
    let shape = try resolve(try target.required(inputs, "shape"), for: data.shape)
    return [try data.reshaped(to: shape)]
  }

  private func resolve(_ wanted: [Int], for shape: Shape) throws(OperatorError) -> Shape {
    var dimensions = wanted
    var inferred: Int?
    for (axis, extent) in wanted.enumerated() {
      if extent == -1 {
        guard inferred == nil else { throw .malformed("shape \(wanted) has more than one -1") }
        inferred = axis
      } else if extent == 0, !keepsZero {
        guard axis < shape.rank else {
          throw .mismatched("shape \(wanted) takes over axis \(axis), which an input of shape \(shape) does not have")
        }
        dimensions[axis] = shape[axis]
      }
    }
    guard let inferred else { return try .checked(dimensions) }
    guard !(keepsZero && wanted.contains(0)) else {
      throw .malformed("shape \(wanted) has both 0 and -1, which allowzero does not allow")
    }
    dimensions[inferred] = 1
    let known = try Shape.checked(dimensions).count
    guard known > 0 ? shape.count % known == 0 : shape.count == 0 else {
      throw .mismatched("an input of shape \(shape) does not fit shape \(wanted)")
    }
    dimensions[inferred] = known > 0 ? shape.count / known : 0
    return try .checked(dimensions)
  }
}

extension Reshape: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x is ∂L/∂y in the shape of x.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    [try call.gradient().reshaped(to: call.shape(0))]
  }
}
