import Tensors

/// The elements, of which those that equal one value are replaced, by one value or by one for each place along the last
/// axis.
///
/// - Source: ONNX operator Imputer of ai.onnx.ml 1.
struct Imputer: Operator {
  private enum Replacement {
    case floats([Float], of: Float)
    case integers([Int], of: Int)
  }

  private let replacement: Replacement

  init(_ node: NodeDescription) throws(OperatorError) {
    switch (try node.floats("imputed_value_floats"), try node.ints("imputed_value_int64s")) {
    case (let values?, nil) where !values.isEmpty:
      replacement = .floats(values, of: try node.float("replaced_value_float") ?? 0)
    case (nil, let values?) where !values.isEmpty:
      replacement = .integers(values, of: try node.int("replaced_value_int64") ?? 0)
    default: throw .malformed("one of imputed_value_floats and imputed_value_int64s is expected")
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    switch replacement {
    case .floats(let values, let replaced):
      try x.requireType(.float32, .float64, named: "X")
      try requireFit(values.count, x)
      let wide = try x.converted(to: .float64, context).elements(of: Double.self)
      let result = wide.enumerated().map { index, element in
        element == Double(replaced) || (element.isNaN && replaced.isNaN)
          ? Double(values[index % values.count]) : element
      }
      return [try Tensor(x.shape, result).converted(to: x.elementType, context)]
    case .integers(let values, let replaced):
      try x.requireType(.int64, .int32, named: "X")
      try requireFit(values.count, x)
      if x.elementType == .int32, let wide = values.first(where: { Int32(exactly: $0) == nil }) {
        throw OperatorError.mismatched("the value \(wide) that is to be put into int32 elements does not fit")
      }
      let result = try x.integerElements(named: "X").enumerated().map { index, element in
        Int64(element == replaced ? values[index % values.count] : element)
      }
      return [try Tensor(x.shape, result).converted(to: x.elementType, context)]
    }
  }

  private func requireFit(_ count: Int, _ x: Tensor) throws(OperatorError) {
    guard count == 1 || x.shape.dimensions.last == count else {
      throw .mismatched("X has shape \(x.shape); the model has \(count) features")
    }
  }
}
