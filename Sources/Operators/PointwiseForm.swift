public import Kernels

/// What an operator does to each element of float32 tensors, in the terms in which several can run in one pass.
public enum PointwiseForm: Sendable {
  /// A function of input 0.
  case function(PointwiseFunction)

  /// Of inputs 0 and 1, which broadcast to each other by NumPy's rule.
  case operation(PointwiseOperation)
}
