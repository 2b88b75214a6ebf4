import Tensors

/// The sum or product of two quantized tensors that broadcast to each other.
///
/// Inputs are A, its scale and zero point, B with the same, and the result's scale and zero point; zero points left out
/// are 0.
///
/// - Source: onnxruntime, ContribOperators.md.
protocol QuantizedArithmetic: Operator {
  associatedtype Arithmetic: ArithmeticOperator

  var arithmetic: Arithmetic { get }
}

extension QuantizedArithmetic {
  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let a = try inputs.dequantized(0, "A", context)
    let b = try inputs.dequantized(3, "B", context)
    let c = try arithmetic.evaluate(OperatorInputs([a, b]), context)[0]
    return [try c.quantized(by: inputs, scale: 6, as: try inputs.required(0, "A").elementType, context)]
  }
}

/// c = a + b.
struct QLinearAdd: QuantizedArithmetic {
  let arithmetic: Add

  init(_ node: NodeDescription) throws(OperatorError) { arithmetic = try Add(node.broadcasting) }
}

/// c = a · b.
struct QLinearMul: QuantizedArithmetic {
  let arithmetic: Mul

  init(_ node: NodeDescription) throws(OperatorError) { arithmetic = try Mul(node.broadcasting) }
}

extension NodeDescription {
  /// The description of a node of the default domain whose inputs broadcast as in numpy.
  fileprivate var broadcasting: NodeDescription {
    NodeDescription(
      operatorName: operatorName, version: 7, presentInputs: [true, true], outputCount: 1, attributes: attributes)
  }
}
