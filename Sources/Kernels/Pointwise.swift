internal import CKernels

/// A function of each element that the vector kernels know.
public enum PointwiseFunction: Sendable {
  /// eˣ, to within 2 units in the last place.
  case exponential
  /// 1 / (1 + e⁻ˣ).
  case logistic
  /// erf, to within 2e-7 of the value.
  case errorFunction
  /// x · Φ(x) with the normal distribution's Φ.
  case gelu

  /// Writes the function of `count` elements. The result of an element does not depend on its place.
  ///
  /// - Parameter target: may be `source`.
  public func apply(
    _ source: UnsafePointer<Float>, count: Int, to target: UnsafeMutablePointer<Float>,
    _ instructionSet: InstructionSet = .current
  ) {
    instructionSet.kernels.pointee.pointwise.pointee.apply(number, source, count, target)
  }

  private var number: CInt {
    switch self {
    case .exponential: CInt(CKERNELS_EXPONENTIAL)
    case .logistic: CInt(CKERNELS_LOGISTIC_FUNCTION)
    case .errorFunction: CInt(CKERNELS_ERROR_FUNCTION)
    case .gelu: CInt(CKERNELS_GELU)
    }
  }
}

/// What is made of two elements, rounded once.
public enum PointwiseOperation: Sendable {
  case add, subtract, multiply, divide

  /// Writes a ∘ b for `count` elements.
  ///
  /// - Parameter target: may be one of the operands.
  public func combine(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int, to target: UnsafeMutablePointer<Float>,
    _ instructionSet: InstructionSet = .current
  ) {
    instructionSet.kernels.pointee.pointwise.pointee.combine(number, a, b, count, target)
  }

  private var number: CInt {
    switch self {
    case .add: CInt(CKERNELS_ADD)
    case .subtract: CInt(CKERNELS_SUBTRACT)
    case .multiply: CInt(CKERNELS_MULTIPLY)
    case .divide: CInt(CKERNELS_DIVIDE)
    }
  }
}

/// Replaces a line x by exp(x) / Σ exp(x), computed relative to the largest element.
public func softmax(_ line: UnsafeMutableBufferPointer<Float>, _ instructionSet: InstructionSet = .current) {
  guard let start = line.baseAddress else { return }
  instructionSet.kernels.pointee.pointwise.pointee.softmax(start, line.count)
}
