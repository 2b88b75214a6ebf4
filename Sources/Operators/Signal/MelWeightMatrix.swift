import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The matrix [dft_length / 2 + 1, num_mel_bins] whose columns are triangles over the bins of a spectrum, with corners
/// that lie evenly on the mel scale between two frequencies.
///
/// A frequency of f Hz is 2595·log₁₀(1 + f/700) mel.
///
/// - Source: ONNX operator MelWeightMatrix 17; where its text leaves the corners open, ONNX's reference evaluator: the
///   mel step is the span over num_mel_bins + 2, and corners are rounded down to bins of (dft_length + 1)·f / sample_rate.
struct MelWeightMatrix: Operator {
  private let type: ElementType

  init(_ node: NodeDescription) throws(OperatorError) { type = try node.numericType("output_datatype") }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let melBins = try Self.positive(inputs, 0, "num_mel_bins")
    let length = try Self.positive(inputs, 1, "dft_length")
    let sampleRate = try Self.positive(inputs, 2, "sample_rate")
    guard let lower = try inputs.number(3, "lower_edge_hertz"), let upper = try inputs.number(4, "upper_edge_hertz"),
      lower >= 0, lower <= upper, upper.isFinite
    else { throw OperatorError.mismatched("lower_edge_hertz and upper_edge_hertz are not frequencies in order") }
    let bins = length / 2 + 1
    let shape = try Shape([bins, melBins])

    let lowest = Self.mel(lower)
    let step = (Self.mel(upper) - lowest) / (Double(melBins) + 2)
    func corner(_ index: Int) throws(OperatorError) -> Int {
      let hertz = 700 * expm1((lowest + Double(index) * step) / 2595 * log(10))
      let bin = ((Double(length) + 1) * hertz / Double(sampleRate)).rounded(.down)
      guard bin < Double(bins) else {
        throw .mismatched("\(hertz) Hz lies beyond the \(bins) bins of a spectrum at \(sampleRate) samples a second")
      }
      return Int(bin)
    }
    let weights = try Tensor(shape, of: Double.self, allocator: context.allocator) { weights in
      weights.update(repeating: 0)
      for column in 0..<melBins {
        let (left, center, right) = (try corner(column), try corner(column + 1), try corner(column + 2))
        for bin in left..<center { weights[bin * melBins + column] = Double(bin - left) / Double(center - left) }
        weights[center * melBins + column] = 1
        for bin in center..<right { weights[bin * melBins + column] = Double(right - bin) / Double(right - center) }
      }
    }
    return [try weights.converted(to: type, context)]
  }

  private static func mel(_ hertz: Double) -> Double { 2595 * log1p(hertz / 700) / log(10) }

  private static func positive(_ inputs: OperatorInputs, _ index: Int, _ name: String) throws(OperatorError) -> Int {
    guard let value = try inputs.integer(index, name), value >= 1 else {
      throw .mismatched("input \(name) is not a positive number")
    }
    return value
  }
}
