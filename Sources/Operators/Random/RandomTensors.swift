import Tensors

/// What the operators have in common that make tensors of random numbers: of the attribute `shape`, or of the shape of
/// an input.
private struct RandomTensor: Sendable {
  private let generator: MersenneTwister
  private let type: ElementType?
  /// nil where the shape is that of the input.
  private let shape: Shape?

  init(_ node: NodeDescription) throws(OperatorError) {
    generator = try node.randomGenerator()
    let type = try node.randomType()
    if node.operatorName.hasSuffix("Like") {
      self.type = type
      shape = nil
    } else {
      guard let extents = try node.ints("shape") else { throw .malformed("attribute shape is missing") }
      self.type = type ?? .float32
      shape = try .checked(extents)
    }
  }

  /// A tensor of numbers that `next` draws from a generator in row-major order; each call starts anew.
  func filled(
    _ inputs: OperatorInputs, _ context: EvaluationContext, next: (inout MersenneTwister) -> Double
  ) throws -> Tensor {
    let model = try shape == nil ? inputs.required(0, "input") : nil
    guard let shape = shape ?? model?.shape, let type = type ?? model?.elementType, type.isFloatingPoint else {
      throw OperatorError.mismatched("the input is no floating-point tensor, and attribute dtype is left out")
    }
    var generator = generator
    let values = try Tensor(shape, of: Double.self, allocator: context.allocator) { target in
      for index in target.indices { target[index] = next(&generator) }
    }
    return try values.rounded(to: type, context)
  }
}

/// Numbers evenly distributed over `low` ..< `high`.
///
/// - Source: ONNX operators RandomUniform and RandomUniformLike 1, 22.
struct RandomUniform: Operator {
  private let result: RandomTensor
  private let low: Double
  private let high: Double

  init(_ node: NodeDescription) throws(OperatorError) {
    result = try RandomTensor(node)
    low = Double(try node.float("low") ?? 0)
    high = Double(try node.float("high") ?? 1)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    [try result.filled(inputs, context) { low + (high - low) * $0.uniform() }]
  }
}

/// Numbers of the normal distribution with the given mean, and `scale` as the standard deviation.
///
/// - Source: ONNX operators RandomNormal and RandomNormalLike 1, 22.
struct RandomNormal: Operator {
  private let result: RandomTensor
  private let mean: Double
  private let scale: Double

  init(_ node: NodeDescription) throws(OperatorError) {
    result = try RandomTensor(node)
    mean = Double(try node.float("mean") ?? 0)
    scale = Double(try node.float("scale") ?? 1)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    [try result.filled(inputs, context) { mean + scale * $0.normal() }]
  }
}
