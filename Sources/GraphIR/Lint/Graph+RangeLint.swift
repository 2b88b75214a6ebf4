import Tensors

extension Graph {
  /// Trained weights are a thousandth of this or less.
  private static let largestUsualWeight: Float = 1e4

  /// Weights outside of the range that trained ones have, and variances below zero.
  var rangeFindings: [LintFinding] {
    var seen: Set<ValueID> = []
    return nodes.flatMap { node -> [LintFinding] in
      guard node.domain.isEmpty else { return [] }
      let places: Range<Int> =
        switch node.operatorName {
        case "Conv", "ConvTranspose", "Gemm", "MatMul": 1..<min(3, max(1, node.ownInputCount))
        case "BatchNormalization": 1..<min(5, max(1, node.ownInputCount))
        default: 0..<0
        }
      return places.flatMap { place -> [LintFinding] in
        guard let value = node.inputs[place], let tensor = constantTensor(value), tensor.elementType == .float32,
          seen.insert(value).inserted
        else { return [] }
        let isVariance = node.operatorName == "BatchNormalization" && place == 4
        return rangeFindings(of: tensor, value: name(of: value), node: label(of: node), isVariance: isVariance)
      }
    }
  }

  private func rangeFindings(of tensor: Tensor, value: String, node: String, isVariance: Bool) -> [LintFinding] {
    let (least, largest) = tensor.withElements(of: Float.self) { elements in
      elements.reduce((Float(0), Float(0))) { ($1 < $0.0 ? $1 : $0.0, $1.isFinite ? max($0.1, $1.magnitude) : $0.1) }
    }
    if isVariance, least < 0 {
      return [
        LintFinding(
          .unusualRange, node: node, value: value,
          "'\(value)' holds variances down to \(least), whose root is no number",
          advice: "Look for a conversion that mixed up the inputs of BatchNormalization")
      ]
    }
    guard largest > Self.largestUsualWeight else { return [] }
    return [
      LintFinding(
        .unusualRange, node: node, value: value, "'\(value)' holds weights of up to \(largest)",
        advice: "Look for a training run that diverged, or for weights that were read in a wrong byte order or type")
    ]
  }
}
