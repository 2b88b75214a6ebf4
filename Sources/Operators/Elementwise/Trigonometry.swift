#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// y = sin x, element by element, computed as `Double`.
///
/// - Source: ONNX operator Sin 7, 22.
struct Sin: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { Real(sin(Double(x))) }
}

/// y = cos x, element by element, computed as `Double`.
///
/// - Source: ONNX operator Cos 7, 22.
struct Cos: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { Real(cos(Double(x))) }
}

/// y = tan x, element by element, computed as `Double`.
///
/// - Source: ONNX operator Tan 7, 22.
struct Tan: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { Real(tan(Double(x))) }
}

/// y = arcsin x, element by element, computed as `Double`.
///
/// - Source: ONNX operator Asin 7, 22.
struct Asin: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { Real(asin(Double(x))) }
}

/// y = arccos x, element by element, computed as `Double`.
///
/// - Source: ONNX operator Acos 7, 22.
struct Acos: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { Real(acos(Double(x))) }
}

/// y = arctan x, element by element, computed as `Double`.
///
/// - Source: ONNX operator Atan 7, 22.
struct Atan: RealFunction {
  init(_ node: NodeDescription) {}

  func value<Real: RealElement>(at x: Real) -> Real { Real(atan(Double(x))) }
}

extension Sin: DifferentiableFunction {
  /// dy/dx = cos x.
  func derivative<Real: RealElement>(at x: Real) -> Real { Real(cos(Double(x))) }
}

extension Cos: DifferentiableFunction {
  /// dy/dx = −sin x.
  func derivative<Real: RealElement>(at x: Real) -> Real { Real(-sin(Double(x))) }
}

extension Tan: DifferentiableFunction {
  var usesOutput: Bool { true }

  /// dy/dx = 1 + y².
  func derivative<Real: RealElement>(at y: Real) -> Real { 1 + y * y }
}

extension Asin: DifferentiableFunction {
  /// dy/dx = 1 / √(1 − x²).
  func derivative<Real: RealElement>(at x: Real) -> Real { 1 / (1 - x * x).squareRoot() }
}

extension Acos: DifferentiableFunction {
  /// dy/dx = −1 / √(1 − x²).
  func derivative<Real: RealElement>(at x: Real) -> Real { -1 / (1 - x * x).squareRoot() }
}

extension Atan: DifferentiableFunction {
  /// dy/dx = 1 / (1 + x²).
  func derivative<Real: RealElement>(at x: Real) -> Real { 1 / (1 + x * x) }
}
