extension Graph {
  /// What is odd about the declared inputs and what first happens to them.
  var inputFindings: [LintFinding] {
    inputs.flatMap { input in
      [dynamicDimensions(of: input), channelsLast(of: input)].compactMap { $0 }
    }
  }

  /// Extents other than the batch's that are open.
  private func dynamicDimensions(of input: ValueID) -> LintFinding? {
    let name = name(of: input)
    let advice = "Export with fixed extents where the model works at one size only"
    guard let dimensions = values[input.index].declared?.dimensions else {
      return LintFinding(
        .dynamicDimension, value: name, "Input '\(name)' declares no shape", advice: advice)
    }
    let open = dimensions.enumerated().filter { axis, extent in axis > 0 && extent.fixedExtent == nil }
    guard !open.isEmpty else { return nil }
    let list = open.map { axis, extent in "axis \(axis) (\(extent))" }.joined(separator: ", ")
    return LintFinding(.dynamicDimension, value: name, "Input '\(name)' leaves open \(list)", advice: advice)
  }

  /// A picture whose channels stand last, by its declared extents or by a Transpose that puts them second.
  private func channelsLast(of input: ValueID) -> LintFinding? {
    let name = name(of: input)
    let advice = "Give N×H×W×C tensors, or a preprocessing rule whose layout is nhwc"
    if let node = entryTranspose(of: input) {
      return LintFinding(
        .channelsLastInput, node: label(of: node), value: name,
        "Input '\(name)' is transposed from N×H×W×C to N×C×H×W before anything else happens to it", advice: advice)
    }
    guard let dimensions = values[input.index].declared?.dimensions, dimensions.count == 4,
      let last = dimensions[3].fixedExtent, last == 1 || last == 3
    else { return nil }
    let second = dimensions[1].fixedExtent
    guard second != 1, second != 3, dimensions[1...2].allSatisfy({ ($0.fixedExtent ?? .max) > 4 }) else { return nil }
    return LintFinding(
      .channelsLastInput, value: name,
      "Input '\(name)' is declared as \(dimensions.map(\.description).joined(separator: "×")): channels stand last",
      advice: advice)
  }

  /// The Transpose that all of an input goes through, at most after elementwise arithmetic with constants.
  private func entryTranspose(of input: ValueID) -> Node? {
    var value = input
    while consumers[value.index].count == 1 {
      let node = nodes[consumers[value.index][0]]
      if node.operatorName == "Transpose" {
        guard case .ints([0, 3, 1, 2])? = node.attributes["perm"] else { return nil }
        return node
      }
      let isElementwise = ["Add", "Cast", "Div", "Identity", "Mul", "Sub"].contains(node.operatorName)
      guard isElementwise, case let output?? = node.outputs.first else { return nil }
      value = output
    }
    return nil
  }
}
