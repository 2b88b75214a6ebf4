#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// e to the `value`.
func exp(_ value: Double) -> Double {
  #if canImport(Glibc)
    Glibc.exp(value)
  #elseif canImport(Musl)
    Musl.exp(value)
  #else
    Darwin.exp(value)
  #endif
}

/// The natural logarithm.
func log(_ value: Double) -> Double {
  #if canImport(Glibc)
    Glibc.log(value)
  #elseif canImport(Musl)
    Musl.log(value)
  #else
    Darwin.log(value)
  #endif
}

/// `base` to the `exponent`.
func pow(_ base: Double, _ exponent: Double) -> Double {
  #if canImport(Glibc)
    Glibc.pow(base, exponent)
  #elseif canImport(Musl)
    Musl.pow(base, exponent)
  #else
    Darwin.pow(base, exponent)
  #endif
}

/// exp(v) / Σ exp(v), computed from the largest value so that nothing overflows. Empty for nothing.
func softmax(_ values: [Double]) -> [Double] {
  guard let largest = values.max() else { return [] }
  let exponentials = values.map { exp($0 - largest) }
  let sum = exponentials.reduce(0, +)
  return exponentials.map { $0 / sum }
}
