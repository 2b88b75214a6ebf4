import GraphIR
import Tensors

extension Graph {
  private static let randomOperators: Set<String> = [
    "Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike",
  ]

  /// Whether some of its values are drawn at random, by a generator that ONNX leaves to the implementation.
  var isRandom: Bool { nodes.contains { $0.domain.isEmpty && Graph.randomOperators.contains($0.operatorName) } }
}

/// What is wrong with a result that is drawn at random, as a clause that begins with a verb; nil where nothing is: it
/// has the type and the shape of the expected tensor, and its values lie between the smallest and the largest there.
func difference(_ result: Tensor, fromRandom expected: Tensor) -> String? {
  guard result.elementType == expected.elementType, result.shape == expected.shape else {
    return "is \(result.elementType) of shape \(result.shape); \(expected.elementType) of \(expected.shape) is expected"
  }
  switch result.elementType {
  case .float32: return outlier(result.elements(of: Float.self), expected.elements(of: Float.self))
  case .float64: return outlier(result.elements(of: Double.self), expected.elements(of: Double.self))
  default: return "is of \(result.elementType), of which random values are not compared"
  }
}

private func outlier<Element: Comparable>(_ results: [Element], _ expected: [Element]) -> String? {
  guard let least = expected.min(), let most = expected.max(),
    let outlier = results.first(where: { !($0 >= least && $0 <= most) })
  else { return nil }
  return "holds \(outlier), which is not from \(least) to \(most)"
}
