public import Kernels
public import Tensors

/// One version of an ONNX operator: made from a node's attributes once, then called with tensors any number of times.
///
/// This is the plain form that works on row-major tensors of any shape; it is what the specification is checked
/// against. A conforming type is a small `struct` whose stored properties are its attributes, in a file of its
/// family's folder, with one line in `OperatorRegistry`.
public protocol Operator: Sendable {
  /// Reads and checks the attributes.
  ///
  /// - Throws: `OperatorError` where an attribute is missing, of the wrong kind, out of range, or asks for what is not
  ///   supported. All that can be refused without the inputs is refused here, before anything runs.
  init(_ node: NodeDescription) throws(OperatorError)

  /// Computes the outputs, in the operator's order; as many as `NodeDescription.outputCount` asks for, or more.
  ///
  /// - Throws: `OperatorError` where the inputs' types or shapes do not fit, `AllocationError` at the memory limit.
  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor]

  /// The same for values of any kind. Operators on tensors alone leave this to the default, which refuses others.
  ///
  /// - Parameter values: the operator's inputs, and behind them what its graphs take from outside.
  func evaluate(values: [RuntimeValue?], _ context: EvaluationContext) throws -> [RuntimeValue]

  /// A form of the operator that has done its part of the work on inputs that never change, such as packing a
  /// convolution's weights. `constants` holds those inputs, nil elsewhere. The prepared form gets all inputs again.
  func prepared(constants: [Tensor?], _ context: EvaluationContext) throws -> any Operator

  /// What the operator does to feature maps, for inputs like these (nil is left out); nil where that is none of the
  /// forms.
  func layerForm(of inputs: [KnownInput?]) -> LayerForm?

  /// What the operator does to each element of float32 inputs; nil where that is none of the forms. A call gives the
  /// same bits.
  var pointwiseForm: PointwiseForm? { get }

  /// How many multiply-accumulate steps a call takes; 0 where that is not what the operator's work is.
  func multiplyAccumulates(inputs: [Shape?], outputs: [Shape]) -> Int
}

extension Operator {
  public func evaluate(values: [RuntimeValue?], _ context: EvaluationContext) throws -> [RuntimeValue] {
    var tensors: [Tensor?] = []
    tensors.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      guard let value else {
        tensors.append(nil)
        continue
      }
      guard case .tensor(let tensor) = value else {
        throw OperatorError.mismatched("input \(index) is \(value.kindName); a tensor is expected")
      }
      tensors.append(tensor)
    }
    return try evaluate(OperatorInputs(tensors), context).map { .tensor($0) }
  }

  public func prepared(constants: [Tensor?], _ context: EvaluationContext) throws -> any Operator { self }

  public func layerForm(of inputs: [KnownInput?]) -> LayerForm? { nil }

  public var pointwiseForm: PointwiseForm? { nil }

  public func multiplyAccumulates(inputs: [Shape?], outputs: [Shape]) -> Int { 0 }
}

/// What a call may use: threads, memory and rounds of loops. Shared by all calls of a run.
public struct EvaluationContext: Sendable {
  /// The threads to spread loops over. The result never depends on their number.
  public let pool: ThreadPool

  /// Where outputs take their memory from.
  public let allocator: TensorAllocator

  /// How much loops may still do.
  public let iterations: IterationBudget

  public init(pool: ThreadPool, allocator: TensorAllocator, iterations: IterationBudget = IterationBudget()) {
    self.pool = pool
    self.allocator = allocator
    self.iterations = iterations
  }
}
