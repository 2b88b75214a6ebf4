import Tensors

/// The numbers from `start` on in steps of `delta`, up to and without `limit`.
///
/// Each is computed as start + i·delta, 16-bit floating-point types in a wider type.
///
/// - Source: ONNX operator Range 11, 27 (`stash_type`).
struct RangeOperator: Operator {
  init(_ node: NodeDescription) throws(OperatorError) {
    let stash = try node.elementType("stash_type") ?? .float32
    guard stash == .float32 else { throw .unsupported("stash_type \(stash)") }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let start = try inputs.required(0, "start")
    let limit = try inputs.required(1, "limit")
    let delta = try inputs.required(2, "delta")
    for (tensor, name) in [(start, "start"), (limit, "limit"), (delta, "delta")] {
      guard tensor.count == 1, tensor.elementType == start.elementType else {
        throw OperatorError.mismatched(
          "input \(name) is of \(tensor.elementType) and shape \(tensor.shape); one \(start.elementType) is expected")
      }
    }
    let visitor = RangeVisitor(
      start: try start.widened(context), limit: try limit.widened(context), delta: try delta.widened(context),
      context: context)
    return [try start.elementType.visited(by: visitor).cast(to: start.elementType, context)]
  }
}

private struct RangeVisitor: NumericVisitor {
  let start: Tensor
  let limit: Tensor
  let delta: Tensor
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    let start = start.elements(of: type)[0].wide
    let delta = delta.elements(of: type)[0].wide
    let span = (limit.elements(of: type)[0].doubleValue - start.doubleValue) / delta.doubleValue
    guard delta.doubleValue != 0, span.isFinite, span < 1e18 else {
      throw OperatorError.malformed("a range from \(start) in steps of \(delta) does not end")
    }
    let count = span > 0 ? Int(span.rounded(.up)) : 0
    return try Tensor(try Shape([count]), of: type, allocator: context.allocator) { result in
      for index in 0..<count {
        result[index] = type.init(wide: start.plus(delta.times(.init(converting: Double(index)))))
      }
    }
  }
}
