/// Tolerances with a name, for the reasons for which a model is exported again.
public enum ToleranceProfile: String, Sendable, CaseIterable {
  /// The same file on the same kind of machine: all bits are the same, since results depend neither on threads nor on
  /// batches.
  case bitExact = "bit-exact"

  /// The same float32 weights, by another exporter, at another opset, on another machine or in another runtime: sums of
  /// the same products in another order. Each layer adds a few times 2⁻²⁴ of its largest value, so that some 100 layers
  /// stay below 2 · 10⁻⁵ of it; 10⁻⁴ of the value itself is what softmax makes of such an error in logits of size 10.
  case fp32Reexport = "fp32-reexport"

  /// Weights or values rounded to float16, an error of up to 2⁻¹¹ ≈ 5 · 10⁻⁴ each: 10⁻² of the value, and 5 · 10⁻³ of
  /// the largest one, ten roundings that all go one way.
  case fp16 = "fp16"

  /// Weights and values in 256 steps: single elements are off by several steps of 1/255 of the range, after some layers
  /// a tenth of it, and a few by more. The direction stays: cosine ≥ 0.98, and at most 5 % of the elements outside.
  case int8 = "int8"

  /// The numbers.
  public var tolerance: ValueTolerance {
    switch self {
    case .bitExact: .bitExact
    case .fp32Reexport: ValueTolerance(absolute: 1e-7, relative: 1e-4, scaled: 2e-5)
    case .fp16: ValueTolerance(absolute: 1e-5, relative: 1e-2, scaled: 5e-3)
    case .int8: ValueTolerance(absolute: 1e-3, relative: 0.1, scaled: 0.1, violationShare: 0.05, cosine: 0.98)
    }
  }
}
