public import GraphIR
public import Tensors

/// How a classifier's graph ends: where its logits are, and how probabilities follow from them.
public struct ClassifierHead: Sendable {
  /// What makes probabilities of logits.
  public enum Kind: String, Sendable {
    /// The graph ends in logits; probabilities are their softmax.
    case logits
    /// The graph ends in a softmax.
    case softmax
    /// The graph ends in a log-softmax.
    case logSoftmax = "log-softmax"
    /// The graph ends in a sigmoid; each class is on its own.
    case sigmoid
  }

  public let kind: Kind

  /// The value that holds the logits, of shape N×classes or N×classes×1×1….
  public let logits: ValueID

  /// Finds the last Softmax, LogSoftmax or Sigmoid before `output`, looking through operators that only reshape.
  ///
  /// - Parameter shape: the shape of each value in a run with one image.
  public init(of graph: Graph, output: ValueID, shape: (ValueID) -> Shape?) {
    var value = output
    while let node = graph.producers[value.index].map({ graph.nodes[$0] }), let input = node.inputs.first ?? nil {
      switch node.operatorName {
      case "Identity", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Dropout", "Cast":
        value = input
        continue
      case "Softmax" where ClassifierHead.spansClasses(node, shape(input)):
        self.init(kind: .softmax, logits: input)
        return
      case "LogSoftmax" where ClassifierHead.spansClasses(node, shape(input)):
        self.init(kind: .logSoftmax, logits: input)
        return
      case "Sigmoid":
        self.init(kind: .sigmoid, logits: input)
        return
      default: break
      }
      break
    }
    self.init(kind: .logits, logits: output)
  }

  private init(kind: Kind, logits: ValueID) {
    self.kind = kind
    self.logits = logits
  }

  /// Whether a softmax over an N×classes(×1×1…) value runs over the classes: from version 13 along its one axis, before
  /// that over all axes from it on.
  private static func spansClasses(_ node: Node, _ shape: Shape?) -> Bool {
    guard let shape, shape.rank >= 2 else { return false }
    guard case .int(let axis)? = node.attributes["axis"] else {
      // The default: the last axis from version 13 on, the second and all behind it before. Where only the second
      // axis is longer than 1, a softmax over the last of several would give ones.
      return shape.rank == 2 || shape[1] == 1 || shape.count(of: 2..<shape.rank) == 1
    }
    guard let resolved = try? shape.normalizedAxis(Int(clamping: axis)) else { return false }
    return resolved == 1 || (shape[resolved] > 1 && shape.count == shape[0] * shape[resolved])
  }

  /// Probabilities of one image's logits.
  public func probabilities(of logits: [Float]) -> [Double] {
    switch kind {
    case .sigmoid:
      return logits.map { 1 / (1 + exp(-Double($0))) }
    case .logits, .softmax, .logSoftmax:
      return softmax(logits.map(Double.init))
    }
  }
}
