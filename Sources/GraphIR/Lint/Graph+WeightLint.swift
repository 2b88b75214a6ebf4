import Tensors

extension Graph {
  /// What is odd about initializers and Constant nodes' tensors.
  var weightFindings: [LintFinding] {
    let unused = initializers.keys.filter { consumers[$0.index].isEmpty && !outputs.contains($0) }
      .sorted { $0.index < $1.index }.map { value in
        LintFinding(
          .unusedInitializer, value: name(of: value), "Initializer '\(name(of: value))' is read by no node",
          advice: "Remove it to make the file smaller; where a layer should read it, the export lost the layer")
      }
    let weights = initializers.sorted { $0.key.index < $1.key.index }.flatMap { value, tensor in
      numberFindings(of: tensor, value: name(of: value), node: nil)
    }
    let constants = nodes.flatMap { node -> [LintFinding] in
      guard let tensor = node.constantTensor, case let output?? = node.outputs.first else { return [] }
      return numberFindings(of: tensor, value: name(of: output), node: label(of: node))
    }
    return unused + weights + constants
  }

  private func numberFindings(of tensor: Tensor, value: String, node: String?) -> [LintFinding] {
    let counts = OddNumbers(of: tensor)
    var findings: [LintFinding] = []
    if counts.nan + counts.infinite > 0 {
      findings.append(
        LintFinding(
          .nonFiniteWeights, node: node, value: value,
          "'\(value)' has \(counts.nan) NaN and \(counts.infinite) infinite elements of \(tensor.count)",
          advice: "Look for a training run that diverged, or for an overflow in a conversion to fewer bits"))
    }
    if counts.subnormal > 0 {
      findings.append(
        LintFinding(
          .subnormalWeights, node: node, value: value,
          "'\(value)' has \(counts.subnormal) subnormal elements of \(tensor.count)",
          advice: "Round them to 0: they slow down many processors, and some runtimes take them for 0 anyway"))
    }
    return findings
  }
}

/// How many elements of a tensor are no normal numbers.
private struct OddNumbers {
  var nan = 0
  var infinite = 0
  /// Of float32 and float64 alone: in narrower types subnormal numbers are common, and meant.
  var subnormal = 0

  init(of tensor: Tensor) {
    switch tensor.elementType {
    case .float32: count(tensor, Float.self)
    case .float64: count(tensor, Double.self)
    case .float16:
      count(tensor, Float16.self)
      subnormal = 0
    case .bfloat16:
      tensor.withElements(of: BFloat16.self) { elements in
        for element in elements { count(element.floatValue) }
      }
      subnormal = 0
    default: break
    }
  }

  private mutating func count<Element: TensorElement & BinaryFloatingPoint>(_ tensor: Tensor, _: Element.Type) {
    tensor.withElements(of: Element.self) { elements in
      for element in elements where !element.isNormal { count(element) }
    }
  }

  private mutating func count(_ element: some BinaryFloatingPoint) {
    if element.isNaN {
      nan += 1
    } else if element.isInfinite {
      infinite += 1
    } else if element.isSubnormal {
      subnormal += 1
    }
  }
}
