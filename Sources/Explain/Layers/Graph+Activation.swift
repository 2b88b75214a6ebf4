import GraphIR

extension Graph {
  /// Operators that are activation functions by themselves.
  static let activationOperators: Set<String> = [
    "Relu", "Clip", "LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh",
    "Softplus", "Softsign", "ThresholdedRelu", "Mish", "Gelu", "Swish",
  ]

  /// The value that an activation function makes of `value`: by one operator that alone reads it, or by a product of
  /// the value with a gate computed from it (`x·sigmoid(x)` and its kin, as exporters write swish).
  func activation(of value: ValueID) -> ValueID? {
    let readers = consumers[value.index]
    if readers.count == 1 {
      let node = nodes[readers[0]]
      guard Graph.activationOperators.contains(node.operatorName), node.inputs.first == value else { return nil }
      return node.outputs.first ?? nil
    }
    // x and g(x) meet in a product; hard swish as older exporters write it divides by 6 before or after.
    for product in readers where nodes[product].operatorName == "Mul" && nodes[product].inputs.count == 2 {
      let factors = nodes[product].inputs
      guard let gate = factors.first(where: { $0 != value }) ?? nil, isComputed(gate, from: value, within: 4) else {
        continue
      }
      return nodes[product].outputs.first ?? nil
    }
    return nil
  }

  /// Whether at most `steps` nodes of one varying input each lead from `source` to `value`.
  private func isComputed(_ value: ValueID, from source: ValueID, within steps: Int) -> Bool {
    if value == source { return true }
    guard steps > 0, let producer = producers[value.index] else { return false }
    let varying = nodes[producer].inputs.compactMap { $0 }.filter { initializers[$0] == nil && !isConstant($0) }
    return varying.count == 1 && isComputed(varying[0], from: source, within: steps - 1)
  }

  private func isConstant(_ value: ValueID) -> Bool {
    producers[value.index].map { nodes[$0].operatorName == "Constant" } ?? false
  }

  /// The feature map that `value`, a convolution's output, ends up in: what its activation makes of it, looking through
  /// normalization and residual sums, and joined with its sister branches where they are concatenated. `value` itself
  /// where nothing of that follows. Quantization with what makes it real numbers again counts as an activation: the
  /// limits of its integers are often the one that was there before.
  ///
  /// - Parameter isSpatial: whether a value still has the height and width that `value` has.
  func featureMap(of value: ValueID, isSpatial: (ValueID) -> Bool) -> ValueID {
    var current = value
    var best = value
    while true {
      if let activated = activation(of: current) {
        guard isSpatial(activated) else { return best }
        current = activated
        best = activated
        continue
      }
      guard consumers[current.index].count == 1 else { return best }
      if let quantized = quantized(current) {
        guard isSpatial(quantized) else { return best }
        current = quantized
        best = quantized
        continue
      }
      let node = nodes[consumers[current.index][0]]
      guard let output = node.outputs.first ?? nil, isSpatial(output) else { return best }
      switch node.operatorName {
      case "Concat":
        current = output
        best = output
      case "BatchNormalization", "InstanceNormalization", "GroupNormalization", "Add", "Sum", "Identity", "Dropout":
        current = output
      default:
        return best
      }
    }
  }

  /// The real numbers that are left of `value` after the quantization that alone reads it; nil where none does.
  private func quantized(_ value: ValueID) -> ValueID? {
    let quantization = nodes[consumers[value.index][0]]
    guard quantization.operatorName == "QuantizeLinear", quantization.inputs.first == value,
      let integers = quantization.outputs.first ?? nil, consumers[integers.index].count == 1
    else { return nil }
    let dequantization = nodes[consumers[integers.index][0]]
    guard dequantization.operatorName == "DequantizeLinear" else { return nil }
    return dequantization.outputs.first ?? nil
  }

  /// Whether a node is a convolution that can be hooked: of real numbers, or what makes a quantized one's result real
  /// numbers.
  func isConvolution(_ node: Node) -> Bool {
    if node.operatorName == "Conv" { return true }
    guard node.operatorName == "DequantizeLinear", let integers = node.inputs.first ?? nil,
      let producer = producers[integers.index]
    else { return false }
    return nodes[producer].operatorName == "QLinearConv"
  }
}
