import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The types that functions of real numbers are computed in. Half-width elements are computed in `Float`.
protocol RealElement: BinaryFloatingPoint, NumericElement {
  /// e to the power of the value.
  var exponential: Self { get }

  /// `exponential` − 1 without the loss of digits near 0.
  var exponentialMinusOne: Self { get }

  var naturalLogarithm: Self { get }

  /// The logarithm of 1 + the value without the loss of digits near 0.
  var logarithmOfOnePlus: Self { get }

  var hyperbolicTangent: Self { get }

  /// erf: twice the integral of exp(−t²) from 0 to the value, divided by √π.
  var errorFunction: Self { get }

  func power(_ exponent: Self) -> Self
}

extension RealElement {
  /// 1 / (1 + exp(−x)), for any x without overflow to NaN.
  var logistic: Self { 1 / (1 + (-self).exponential) }
}

extension Float: RealElement {
  var exponentialMinusOne: Float { expm1f(self) }
  var naturalLogarithm: Float { logf(self) }
  var logarithmOfOnePlus: Float { log1pf(self) }
  func power(_ exponent: Float) -> Float { powf(self, exponent) }
}

extension Double: RealElement {
  var exponential: Double { exp(self) }
  var exponentialMinusOne: Double { expm1(self) }
  var naturalLogarithm: Double { log(self) }
  var logarithmOfOnePlus: Double { log1p(self) }
  var hyperbolicTangent: Double { tanh(self) }
  var errorFunction: Double { erf(self) }
  func power(_ exponent: Double) -> Double { pow(self, exponent) }
}
