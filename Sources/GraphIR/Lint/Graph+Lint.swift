extension Graph {
  /// What is odd about the graph, found without running it: first what concerns the whole graph and its inputs, then
  /// nodes and weights in order, those of subgraphs included.
  ///
  /// Complexity: linear in nodes, connections and the elements of all weights.
  public func lint() -> [LintFinding] {
    opsetFindings + inputFindings + filterFindings + outputFindings + innerFindings
  }

  /// The oldest version of the default operator set that operators are well tested at.
  static let oldestTestedOpset = 7

  private var opsetFindings: [LintFinding] {
    guard let opset = opsets[""], opset < Graph.oldestTestedOpset else { return [] }
    return [
      LintFinding(
        .oldOpset, "The model is written for opset \(opset), older than \(Graph.oldestTestedOpset)",
        advice: "Export it again at a newer opset, or raise it with onnx.version_converter")
    ]
  }

  /// What holds of subgraphs as well.
  private var innerFindings: [LintFinding] {
    trainingFindings + softmaxFindings + weightFindings + rangeFindings
      + nodes.flatMap(\.subgraphs).flatMap(\.innerFindings)
  }

  private var outputFindings: [LintFinding] {
    guard outputs.count == 1, let output = outputs.first else { return [] }
    let source = nodes[skippingBackFrom: output, in: self]
    guard let source, Graph.makesLogits.contains(source.operatorName) else { return [] }
    return [
      LintFinding(
        .noSoftmax, node: label(of: source), value: name(of: output),
        "No Softmax stands before output '\(name(of: output))': where the model is a classifier, it gives logits",
        advice: "Apply a softmax where probabilities are wanted")
    ]
  }

  private var softmaxFindings: [LintFinding] {
    nodes.compactMap { node in
      guard Graph.softmaxes.contains(node.operatorName), case let input?? = node.inputs.first,
        let source = nodes[skippingBackFrom: input, in: self], Graph.softmaxes.contains(source.operatorName)
      else { return nil }
      return LintFinding(
        .doubleSoftmax, node: label(of: node), value: node.outputs.first?.map { name(of: $0) },
        "\(node.operatorName) is taken of what \(source.operatorName) node '\(label(of: source))' gave already",
        advice: "Remove one of the two: the second makes all probabilities nearly equal")
    }
  }

  private static let softmaxes: Set<String> = ["Softmax", "LogSoftmax"]

  /// The last operators of classifiers whose outputs are logits.
  private static let makesLogits: Set<String> = [
    "Add", "AveragePool", "Conv", "Gemm", "GlobalAveragePool", "MatMul", "ReduceMean",
  ]
}

extension [Node] {
  /// The operators that pass on all elements as they are.
  private static let passingOn: Set<String> = [
    "Cast", "Dropout", "Flatten", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze",
  ]

  /// The node that makes the elements of a value, through nodes that only pass them on; nil where an input or weight of
  /// the graph does.
  subscript(skippingBackFrom value: ValueID, in graph: Graph) -> Node? {
    var value = value
    // Nodes are sorted, so each step goes to an earlier one.
    while let producer = graph.producers[value.index] {
      let node = self[producer]
      guard Self.passingOn.contains(node.operatorName), case let input?? = node.inputs.first else { return node }
      value = input
    }
    return nil
  }
}
