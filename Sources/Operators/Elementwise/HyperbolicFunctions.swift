#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// y = sinh x, element by element, computed as `Double`.
///
/// - Source: ONNX operator Sinh 9, 22.
struct Sinh: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { Real(sinh(Double(x))) }
}

/// y = cosh x, element by element, computed as `Double`.
///
/// - Source: ONNX operator Cosh 9, 22.
struct Cosh: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { Real(cosh(Double(x))) }
}

/// y = arsinh x, element by element, computed as `Double`.
///
/// - Source: ONNX operator Asinh 9, 22.
struct Asinh: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { Real(asinh(Double(x))) }
}

/// y = arcosh x, element by element, computed as `Double`.
///
/// - Source: ONNX operator Acosh 9, 22.
struct Acosh: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { Real(acosh(Double(x))) }
}

/// y = artanh x, element by element, computed as `Double`.
///
/// - Source: ONNX operator Atanh 9, 22.
struct Atanh: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { Real(atanh(Double(x))) }
}

extension Sinh: DifferentiableFunction {
  /// dy/dx = cosh x.
  func derivative<Real: RealElement>(at x: Real) -> Real { Real(cosh(Double(x))) }
}

extension Cosh: DifferentiableFunction {
  /// dy/dx = sinh x.
  func derivative<Real: RealElement>(at x: Real) -> Real { Real(sinh(Double(x))) }
}

extension Asinh: DifferentiableFunction {
  /// dy/dx = 1 / √(x² + 1).
  func derivative<Real: RealElement>(at x: Real) -> Real { 1 / (x * x + 1).squareRoot() }
}

extension Acosh: DifferentiableFunction {
  /// dy/dx = 1 / √(x² − 1).
  func derivative<Real: RealElement>(at x: Real) -> Real { 1 / (x * x - 1).squareRoot() }
}

extension Atanh: DifferentiableFunction {
  /// dy/dx = 1 / (1 − x²).
  func derivative<Real: RealElement>(at x: Real) -> Real { 1 / (1 - x * x) }
}
