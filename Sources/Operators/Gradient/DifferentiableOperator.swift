public import Tensors

/// An operator that can run a gradient back through itself.
///
/// For y = f(x) and the gradient of some scalar score with respect to y, the rule gives the gradient with respect to x:
/// the product of the gradient, read as a row, with the Jacobian matrix ∂y / ∂x. All arithmetic is done in float32 or
/// float64 (see `ElementType.working`); gradients have the shape of the value that they belong to.
public protocol DifferentiableOperator: Operator {
  /// Whether the score may depend on the input in a way that has a derivative. Inputs such as axes, indices and
  /// conditions have none; where the others are floating-point numbers they do.
  func isDifferentiable(input index: Int) -> Bool

  /// Whether the output changes smoothly with the inputs. Indices and masks do not.
  func isDifferentiable(output index: Int) -> Bool

  /// Whether the rule takes the place of a derivative that is zero or missing, as is usual for rounding. Applied only on
  /// request.
  var isStraightThrough: Bool { get }

  /// The differentiable inputs and the outputs whose elements the rule reads; their shapes and all other inputs are
  /// always there.
  ///
  /// - Parameters:
  ///   - inputCount: how many inputs the node has, left out ones counted.
  ///   - wanted: for each input whether its gradient is asked for.
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads

  /// The gradients with respect to the inputs that are wanted, in their order; nil, or missing at the end, for others.
  ///
  /// - Throws: `OperatorError` where the values do not fit, `AllocationError` at the memory limit.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?]
}

extension DifferentiableOperator {
  public func isDifferentiable(input index: Int) -> Bool { true }

  public func isDifferentiable(output index: Int) -> Bool { index == 0 }

  public var isStraightThrough: Bool { false }

  public func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads {
    GradientReads(inputs: Array(0..<inputCount), outputs: [0])
  }
}

/// An operator whose results are integers, truth values or text, or depend on the inputs' shapes alone: the score's
/// derivative with respect to them is not defined, or zero, and gradients do not pass.
public protocol DiscreteOperator: Operator {}

/// Whose elements a gradient rule reads.
public struct GradientReads: Sendable {
  /// Indices of inputs.
  public var inputs: [Int]
  /// Indices of outputs.
  public var outputs: [Int]

  public init(inputs: [Int] = [], outputs: [Int] = []) {
    self.inputs = inputs
    self.outputs = outputs
  }
}
