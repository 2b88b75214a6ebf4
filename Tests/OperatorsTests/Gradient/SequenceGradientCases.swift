import GraphIR
import Tensors

/// Attention and recurrent layers.
func sequenceGradientCases(_ random: inout RandomTensors) -> [GradientCase] {
  attentionCases(&random) + recurrentCases(&random)
}

private func attentionCases(_ random: inout RandomTensors) -> [GradientCase] {
  let (queries, keys, past) = (random.int(1...3), random.int(2...4), random.int(1...2))
  func operands(_ random: inout RandomTensors, heads: Int = 2, keyHeads: Int = 2) -> [Tensor?] {
    [
      random.uniform([2, heads, queries, 3]), random.uniform([2, keyHeads, keys, 3]),
      random.uniform([2, keyHeads, keys, 2]),
    ]
  }
  func joined(_ random: inout RandomTensors) -> [Tensor?] {
    [random.uniform([2, queries, 6]), random.uniform([2, keys, 6]), random.uniform([2, keys, 4])]
  }
  let heads: [String: Attribute] = ["q_num_heads": .int(2), "kv_num_heads": .int(2)]
  var cases = [
    GradientCase("Attention", opset: 23, operands(&random)),
    GradientCase("Attention", opset: 23, operands(&random, heads: 4), ["softcap": .float(0.8), "scale": .float(0.7)]),
    GradientCase("Attention", opset: 23, joined(&random), heads.merging(["is_causal": .int(1)]) { $1 }),
    GradientCase("Attention", opset: 23, joined(&random) + [random.uniform([queries, keys])], heads),
    GradientCase("Attention", opset: 23, operands(&random) + [random.truths([2, 1, queries, keys])]),
    GradientCase(
      "Attention", opset: 23,
      operands(&random) + [
        random.uniform([1, 2, queries, keys + past]), random.uniform([2, 2, past, 3]), random.uniform([2, 2, past, 2]),
      ], outputs: 3),
  ]
  for mode in 0...3 {
    cases.append(
      GradientCase(
        "Attention", opset: 23, operands(&random) + [random.uniform([queries, keys])],
        ["qk_matmul_output_mode": .int(Int64(mode)), "softcap": .float(1.5)], outputs: 4))
  }
  return cases
}

private func recurrentCases(_ random: inout RandomTensors) -> [GradientCase] {
  var cases: [GradientCase] = []
  let (steps, batch, input, hidden) = (random.int(2...4), random.int(1...2), random.int(1...3), random.int(1...3))
  for (name, gates) in [("RNN", 1), ("GRU", 3), ("LSTM", 4)] {
    func operands(_ random: inout RandomTensors, directions: Int, isBatchFirst: Bool = false) -> [Tensor?] {
      let state = isBatchFirst ? [batch, directions, hidden] : [directions, batch, hidden]
      let lengths = Tensor(try! Shape([batch]), (0..<batch).map { Int32($0 == 0 ? steps : steps - 1) })
      let tensors: [Tensor?] = [
        random.uniform(isBatchFirst ? [batch, steps, input] : [steps, batch, input]),
        random.uniform([directions, gates * hidden, input]), random.uniform([directions, gates * hidden, hidden]),
        random.uniform([directions, 2 * gates * hidden]), lengths, random.uniform(state),
      ]
      return name == "LSTM" ? tensors + [random.uniform(state), random.uniform([directions, 3 * hidden])] : tensors
    }
    let outputs = name == "LSTM" ? 3 : 2
    let both: [String: Attribute] = ["direction": .string(Array("bidirectional".utf8))]
    cases += [
      GradientCase(name, opset: 14, operands(&random, directions: 2), both, outputs: outputs),
      GradientCase(
        name, opset: 14, operands(&random, directions: 1, isBatchFirst: true),
        ["layout": .int(1), "direction": .string(Array("reverse".utf8))], outputs: outputs),
      GradientCase(name, opset: 14, Array(operands(&random, directions: 1).prefix(3)), ["clip": .float(50)]),
    ]
    switch name {
    case "GRU":
      cases.append(
        GradientCase(
          name, opset: 14, operands(&random, directions: 2), both.merging(["linear_before_reset": .int(1)]) { $1 }))
    case "LSTM":
      cases.append(
        GradientCase(name, opset: 14, operands(&random, directions: 1), ["input_forget": .int(1)], outputs: 3))
    default:
      let functions = ["Elu", "HardSigmoid", "ScaledTanh", "Softplus", "Softsign", "Affine", "LeakyRelu", "Sigmoid"]
      for function in functions {
        cases.append(
          GradientCase(
            name, opset: 14, operands(&random, directions: 1),
            [
              "activations": .strings([Array(function.utf8)]), "activation_alpha": .floats([0.3]),
              "activation_beta": .floats([0.6]),
            ]))
      }
    }
  }
  return cases
}
