import Tensors

extension Graph {
  /// Nodes that do at every run what only training should: statistics of the batch, random zeros.
  var trainingFindings: [LintFinding] {
    nodes.compactMap { node in
      guard node.domain.isEmpty, let version = opset(of: node) else { return nil }
      switch node.operatorName {
      case "BatchNormalization" where normalizesByBatch(node, opset: version):
        return training(node, "normalizes by the batch's own mean and variance")
      case "Dropout" where dropsOut(node, opset: version): return training(node, "sets random elements to 0")
      default: return nil
      }
    }
  }

  private func training(_ node: Node, _ effect: String) -> LintFinding {
    LintFinding(
      .trainingMode, node: label(of: node), value: node.outputs.first?.map { name(of: $0) },
      "\(node.operatorName) is in training mode: it \(effect)",
      advice: "Call model.eval() before the export, or export with training=TrainingMode.EVAL")
  }

  /// - Source: operator versions 1 and 6 have is_test, 7 and 9 train where more outputs than one are wanted, 14 and 15
  ///   have training_mode.
  private func normalizesByBatch(_ node: Node, opset: Int) -> Bool {
    switch opset {
    case ..<7: !isSet("is_test", node)
    case ..<14: node.outputs.dropFirst().contains { $0 != nil }
    default: isSet("training_mode", node)
    }
  }

  /// - Source: operator versions 1 and 6 have is_test, 7 and 10 never train, 12 and later have an input training_mode.
  private func dropsOut(_ node: Node, opset: Int) -> Bool {
    switch opset {
    case ..<7: return !isSet("is_test", node)
    case ..<12: return false
    default:
      guard node.ownInputCount > 2, let mode = node.inputs[2], let flag = constantTensor(mode) else { return false }
      return flag.elementType == .bool && flag.withUnsafeBytes { bytes in bytes.contains { $0 != 0 } }
    }
  }

  private func isSet(_ attribute: String, _ node: Node) -> Bool {
    if case .int(let flag)? = node.attributes[attribute] { flag != 0 } else { false }
  }
}
