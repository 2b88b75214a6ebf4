import Tensors

/// 1 with the probability that the input's element at the same place is, else 0.
///
/// - Source: ONNX operator Bernoulli 15, 22.
struct Bernoulli: Operator {
  private let generator: MersenneTwister
  private let type: ElementType?

  init(_ node: NodeDescription) throws(OperatorError) {
    generator = try node.randomGenerator()
    type = try node.elementType("dtype")
    if type == .string { throw .malformed("attribute dtype names strings") }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input").requireFloats(named: "input")
    var generator = generator
    let draws = try withDoubles(of: [x], context) { pointers in
      try Tensor(x.shape, of: Double.self, allocator: context.allocator) { draws in
        for (index, probability) in pointers[0].enumerated() {
          guard probability >= 0, probability <= 1 else {
            throw OperatorError.mismatched("element \(index) of the input is \(probability), which is no probability")
          }
          draws[index] = generator.uniform() < probability ? 1 : 0
        }
      }
    }
    return [try draws.cast(to: type ?? x.elementType, context)]
  }
}
