import Tensors

/// Along a new last axis a 1 at the category of each element, and zeros elsewhere.
///
/// Numbers lose their fraction before they are looked up.
///
/// - Source: ONNX operator OneHotEncoder of ai.onnx.ml 1.
struct OneHotEncoder: Operator {
  private let categories: LabelMap
  private let count: Int
  private let allowsOthers: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    let keys: Tensor
    switch (try node.strings("cats_strings"), try node.ints("cats_int64s")) {
    case (let strings?, nil): keys = .vector(strings)
    case (nil, let integers?): keys = .vector(integers.map { Int64($0) })
    default: throw .malformed("one of cats_strings and cats_int64s is expected")
    }
    count = keys.count
    categories = try LabelMap(
      keys: keys, values: .vector((0..<keys.count).map { Int64($0) }), fallback: Tensor(scalar: Int64(-1)))
    allowsOthers = try node.flag("zeros", default: true)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let keys = x.elementType == .string ? x : try x.converted(to: .int64, context)
    let places = try categories.mapped(keys, context).elements(of: Int64.self).map { Int($0) }
    if !allowsOthers, let index = places.firstIndex(of: -1) {
      throw OperatorError.mismatched("element \(index) of X is of no category")
    }
    return [
      try Tensor(try Shape(x.shape.dimensions + [count]), of: Float.self, allocator: context.allocator) { result in
        result.update(repeating: 0)
        for (index, place) in places.enumerated() where place >= 0 { result[index * count + place] = 1 }
      }
    ]
  }
}
