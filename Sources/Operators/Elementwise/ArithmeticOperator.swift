import Kernels
import Tensors

/// An operator that makes each element of its result from the two at the same place of its inputs, which are of one
/// numeric type and broadcast to each other.
protocol ArithmeticOperator: Operator {
  /// How the second input's shape is read.
  var alignment: BroadcastAlignment { get }

  /// The same in the vector kernels, for float32; nil where they have no such operation.
  static var pointwiseOperation: PointwiseOperation? { get }

  /// The result's element for two elements.
  func combine<Element: NumericElement>(_ a: Element, _ b: Element) -> Element

  /// Refuses inputs, widened, that the operator is not defined for.
  func check(_ a: Tensor, _ b: Tensor) throws(OperatorError)
}

extension ArithmeticOperator {
  static var pointwiseOperation: PointwiseOperation? { nil }

  var pointwiseForm: PointwiseForm? {
    guard case .multidirectional = alignment else { return nil }
    return Self.pointwiseOperation.map { .operation($0) }
  }

  func check(_ a: Tensor, _ b: Tensor) throws(OperatorError) {}

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let a = try inputs.required(0, "A")
    let b = try inputs.required(1, "B")
    try b.requireType(a.elementType, named: "B")
    let visitor = ArithmeticVisitor(
      operation: self, a: try a.widened(context), b: try b.widened(context), context: context)
    try check(visitor.a, visitor.b)
    return [try a.elementType.visited(by: visitor).cast(to: a.elementType, context)]
  }
}

private struct ArithmeticVisitor<Operation: ArithmeticOperator>: NumericVisitor {
  let operation: Operation
  let a: Tensor
  let b: Tensor
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    let pairing = ArithmeticPairing<Operation, Element>(operation: operation)
    return try Tensor.combined(a, b, by: pairing, alignment: operation.alignment, context)
  }
}

private struct ArithmeticPairing<Operation: ArithmeticOperator, Element: NumericElement>: ElementPairing {
  let operation: Operation

  func result(for a: Element, _ b: Element) -> Element { operation.combine(a, b) }
}

extension Tensor {
  /// Refuses a widened integer divisor that is 0 somewhere.
  func requireNonzeroInteger(named name: String) throws(OperatorError) {
    let hasZero =
      switch elementType {
      case .int64: withElements(of: Int64.self) { $0.contains(0) }
      case .uint64: withElements(of: UInt64.self) { $0.contains(0) }
      default: false
      }
    if hasZero { throw .mismatched("input \(name) has an integer 0 to divide by") }
  }
}

extension ArithmeticOperator {
  /// The gradient with respect to an operand, where every element of it takes part in those of the result that its
  /// broadcast makes.
  ///
  /// - Parameter gradient: with respect to the broadcast operand, of the result's shape.
  func operandGradient(_ gradient: Tensor, of index: Int, _ call: GradientCall) throws -> Tensor {
    let shape = try call.shape(index)
    if index == 0 { return try gradient.summed(to: shape, call.context) }
    return try gradient.summed(to: shape, alignedTo: call.shape(0), by: alignment, call.context)
  }
}
