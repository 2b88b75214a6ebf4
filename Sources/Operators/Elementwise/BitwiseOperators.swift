import Tensors

/// An operator that makes an integer of the two at the same place of its inputs, which are of one integer type and
/// broadcast to each other.
protocol BitwiseOperator: Operator {
  func combine<Element: NumericElement & FixedWidthInteger>(_ a: Element, _ b: Element) -> Element
}

extension BitwiseOperator {
  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let a = try inputs.required(0, "A")
    let b = try inputs.required(1, "B")
    try b.requireType(a.elementType, named: "B")
    let visitor = BitwiseVisitor(
      operation: self, a: try a.widened(context), b: try b.widened(context), context: context)
    return [try a.elementType.visited(byInteger: visitor).cast(to: a.elementType, context)]
  }
}

private struct BitwiseVisitor<Operation: BitwiseOperator>: IntegerVisitor {
  let operation: Operation
  let a: Tensor
  let b: Tensor
  let context: EvaluationContext

  func visit<Element: NumericElement & FixedWidthInteger>(_ type: Element.Type) throws -> Tensor {
    let operation = operation
    return try Tensor.combined(a, b, context) { (a: Element, b: Element) in operation.combine(a, b) }
  }
}

/// c = the bits that are set in both a and b, element by element.
///
/// - Source: ONNX operator BitwiseAnd 18.
struct BitwiseAnd: BitwiseOperator {
  init(_ node: NodeDescription) {}

  func combine<Element: NumericElement & FixedWidthInteger>(_ a: Element, _ b: Element) -> Element { a & b }
}

/// c = the bits that are set in a or b, element by element.
///
/// - Source: ONNX operator BitwiseOr 18.
struct BitwiseOr: BitwiseOperator {
  init(_ node: NodeDescription) {}

  func combine<Element: NumericElement & FixedWidthInteger>(_ a: Element, _ b: Element) -> Element { a | b }
}

/// c = the bits that differ between a and b, element by element.
///
/// - Source: ONNX operator BitwiseXor 18.
struct BitwiseXor: BitwiseOperator {
  init(_ node: NodeDescription) {}

  func combine<Element: NumericElement & FixedWidthInteger>(_ a: Element, _ b: Element) -> Element { a ^ b }
}

/// z = x with its bits shifted by y places, element by element.
///
/// A shift by as many places as there are bits, or by a negative number, leaves what the sign fills in.
///
/// - Source: ONNX operator BitShift 11, 28 (signed types).
struct BitShift: BitwiseOperator {
  private let isLeft: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    switch try node.string("direction") {
    case "LEFT": isLeft = true
    case "RIGHT": isLeft = false
    case let other: throw .malformed("attribute direction is '\(other ?? "missing")', not LEFT or RIGHT")
    }
  }

  func combine<Element: NumericElement & FixedWidthInteger>(_ a: Element, _ b: Element) -> Element {
    let places = b < 0 || b >= Element.bitWidth ? Element.bitWidth : Int(b)
    return isLeft ? a << places : a >> places
  }
}

/// y = x with every bit turned, element by element.
///
/// - Source: ONNX operator BitwiseNot 18.
struct BitwiseNot: Operator {
  init(_ node: NodeDescription) {}

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let visitor = BitwiseNotVisitor(x: try x.widened(context), context: context)
    return [try x.elementType.visited(byInteger: visitor).cast(to: x.elementType, context)]
  }
}

private struct BitwiseNotVisitor: IntegerVisitor {
  let x: Tensor
  let context: EvaluationContext

  func visit<Element: NumericElement & FixedWidthInteger>(_ type: Element.Type) throws -> Tensor {
    try x.mapped(context) { (x: Element) in ~x }
  }
}
