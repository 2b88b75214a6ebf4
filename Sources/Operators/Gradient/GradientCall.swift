public import Tensors

/// What a gradient rule works with: the values of the forward pass that it reads, and the gradients of the outputs.
public struct GradientCall: Sendable {
  /// A value of the forward pass.
  public struct Value: Sendable {
    public let shape: Shape
    public let elementType: ElementType
    /// The elements; nil where the rule said that it does not read them.
    public let tensor: Tensor?

    public init(shape: Shape, elementType: ElementType, tensor: Tensor?) {
      self.shape = shape
      self.elementType = elementType
      self.tensor = tensor
    }

    public init(_ tensor: Tensor) {
      self.init(shape: tensor.shape, elementType: tensor.elementType, tensor: tensor)
    }
  }

  /// In the operator's order; nil for one that is left out.
  public let inputs: [Value?]

  /// In the operator's order; nil for one that nobody takes.
  public let outputs: [Value?]

  /// For each output; nil where the score does not depend on it. Of the type that arithmetic on the output is done in.
  public let gradients: [Tensor?]

  /// For each input whether its gradient is asked for.
  public let wanted: [Bool]

  public let context: EvaluationContext

  public init(
    inputs: [Value?], outputs: [Value?], gradients: [Tensor?], wanted: [Bool], context: EvaluationContext
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.gradients = gradients
    self.wanted = wanted
    self.context = context
  }
}

extension GradientCall {
  /// Whether the gradient of an input is asked for.
  func wants(_ index: Int) -> Bool { wanted.indices.contains(index) && wanted[index] }

  /// The gradient of the first output.
  func gradient() throws(OperatorError) -> Tensor {
    guard let gradient = gradients.first ?? nil else { throw .mismatched("output 0 has no gradient") }
    return gradient
  }

  /// The shape of an input.
  func shape(_ index: Int) throws(OperatorError) -> Shape {
    guard inputs.indices.contains(index), let input = inputs[index] else {
      throw .malformed("input \(index) is missing")
    }
    return input.shape
  }

  /// The elements of an input as the type that arithmetic is done in.
  func input(_ index: Int) throws -> Tensor {
    guard let tensor = try optionalInput(index) else {
      throw OperatorError.mismatched("input \(index) is not kept for the gradient")
    }
    return tensor
  }

  /// The same; nil where it is left out.
  func optionalInput(_ index: Int) throws -> Tensor? {
    guard inputs.indices.contains(index), let input = inputs[index] else { return nil }
    return try input.tensor?.widened(context)
  }

  /// The elements of an output as the type that arithmetic is done in.
  func output(_ index: Int = 0) throws -> Tensor {
    guard outputs.indices.contains(index), let tensor = outputs[index]?.tensor else {
      throw OperatorError.mismatched("output \(index) is not kept for the gradient")
    }
    return try tensor.widened(context)
  }

  /// The inputs whose elements are there, for the checks and parameters of the forward rule.
  var operatorInputs: OperatorInputs { OperatorInputs(inputs.map { $0?.tensor }) }

  /// The gradient of an input for each that is wanted; nil for the others.
  func forEachWanted(_ rule: (Int) throws -> Tensor) rethrows -> [Tensor?] {
    try wanted.indices.map { wanted[$0] ? try rule($0) : nil }
  }
}
