import Tensors

/// A function of single elements whose derivative is known.
protocol DifferentiableFunction: DifferentiableOperator {
  /// Whether the derivative is given by the function's value rather than by its argument.
  ///
  /// A value is the better choice where both would do: compiled networks have it at hand.
  var usesOutput: Bool { get }

  /// dy / dx at an x, or where `usesOutput` is true, for a y.
  func derivative<Real: RealElement>(at argument: Real) -> Real
}

extension DifferentiableFunction {
  var usesOutput: Bool { false }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads {
    usesOutput ? GradientReads(outputs: [0]) : GradientReads(inputs: [0])
  }

  /// ∂L/∂x = ∂L/∂y · dy/dx, element by element.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let argument = usesOutput ? try call.output() : try call.input(0)
    return [try .paired(call.gradient(), argument, by: DerivativePairing(function: self), call.context)]
  }
}

private struct DerivativePairing<Function: DifferentiableFunction>: RealPairing {
  let function: Function

  func result<Real: RealElement>(for gradient: Real, _ argument: Real) -> Real {
    gradient * function.derivative(at: argument)
  }
}
