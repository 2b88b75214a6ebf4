import Tensors

extension Graph {
  /// First filters that look as if they had learned from pictures whose colours stand in the opposite order.
  ///
  /// Networks of photographs look at blue least: of the absolute weights of their first convolution, blue has 21 to 27 %
  /// and red 33 to 36 % in ResNet-18, MobileNet-v2 and two SqueezeNets of different origin. Random weights give all three
  /// colours about the same.
  var filterFindings: [LintFinding] {
    nodes.compactMap { node in
      guard node.domain.isEmpty, node.operatorName == "Conv", node.ownInputCount > 1,
        case let input?? = node.inputs.first,
        let filters = node.inputs[1], isPicture(input), let weights = constantTensor(filters),
        let shares = colourShares(of: weights), shares[0] * 1.2 < shares[2]
      else { return nil }
      let percent = shares.map { "\(Int(($0 * 100).rounded()))" }
      return LintFinding(
        .oppositeChannels, node: label(of: node), value: name(of: filters),
        "The first filters, '\(name(of: filters))', have \(percent[0]), \(percent[1]) and \(percent[2]) % of their weight on "
          + "the three channels: blue, which photographs say least with, seems to come first",
        advice: "Make sure that pictures are given as BGR; preprocessing rules say so with \"channels\": \"BGR\"")
    }
  }

  /// Whether a value is an input of the graph, or made of one by shifting, scaling and turning alone.
  private func isPicture(_ value: ValueID) -> Bool {
    var value = value
    while let producer = producers[value.index] {
      let node = nodes[producer]
      let keepsColours = ["Add", "Cast", "Div", "Identity", "Mul", "Pad", "Sub", "Transpose"].contains(
        node.operatorName)
      guard keepsColours, case let input?? = node.inputs.first else { return false }
      value = input
    }
    return inputs.contains(value)
  }

  /// The share of each of three input channels in the filters' absolute weights; nil for other and for few filters.
  private func colourShares(of weights: Tensor) -> [Double]? {
    guard weights.elementType == .float32, weights.shape.rank == 4, weights.shape[1] == 3, weights.shape[0] >= 16 else {
      return nil
    }
    let area = weights.shape[2] * weights.shape[3]
    var sums = [0.0, 0.0, 0.0]
    weights.withElements(of: Float.self) { elements in
      for (index, weight) in elements.enumerated() { sums[index / area % 3] += Double(weight.magnitude) }
    }
    let total = sums.reduce(0, +)
    return total > 0 && total.isFinite ? sums.map { $0 / total } : nil
  }
}
