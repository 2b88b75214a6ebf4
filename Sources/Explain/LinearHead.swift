import Execution
import GraphIR
import Tensors

/// What follows a feature map where that is an average over all places and linear layers.
struct LinearHead: Sendable {
  /// classes × channels, row-major; nil where each class has a channel of its own.
  private let matrix: [Double]?
  private let channelCount: Int
  private let classCount: Int

  /// Reads the nodes from the layer to the logits.
  ///
  /// - Throws: `ExplainError` that names the first node that is no average and not linear.
  init(behind layer: HookableLayer, of classifier: Classifier) throws {
    var reader = Reader(classifier, layer)
    let classCount = classifier.classCount
    var value = layer.value
    while value != classifier.head.logits {
      value = try reader.step(from: value)
    }
    guard reader.isAveraged, reader.rows == classCount else {
      throw reader.refusal("its places are not averaged")
    }
    matrix = reader.matrix
    channelCount = layer.shape[1]
    self.classCount = classCount
  }

  /// The factor of each channel's mean in a class's logit.
  func weights(ofClass index: Int) -> [Double] {
    guard let matrix else { return (0..<channelCount).map { $0 == index ? 1 : 0 } }
    return Array(matrix[index * channelCount..<(index + 1) * channelCount])
  }
}

/// Walks from a layer to the logits and multiplies the linear maps on the way.
private struct Reader {
  let session: Session
  let graph: Graph
  let layer: HookableLayer
  let shapes: [ValueID: Shape]
  /// What the channels of `rows` outputs have been multiplied with; nil where nothing has.
  var matrix: [Double]?
  var rows: Int
  var isAveraged = false

  init(_ classifier: Classifier, _ layer: HookableLayer) {
    session = classifier.network.session
    graph = session.graph
    shapes = classifier.network.shapes
    self.layer = layer
    rows = layer.shape[1]
    isAveraged = layer.shape[2] * layer.shape[3] == 1
  }

  func refusal(_ reason: String) -> ExplainError {
    ExplainError(
      .unsupported,
      "CAM needs a layer that is followed by an average over its places and linear layers alone; \(layer.label) is not: "
        + "\(reason). Score-CAM and Ablation-CAM take any layer")
  }

  /// Goes on over the one node that reads `value`.
  mutating func step(from value: ValueID) throws -> ValueID {
    let readers = graph.consumers[value.index].filter { graph.nodes[$0].operatorName != "Shape" }
    guard readers.count == 1, let output = graph.nodes[readers[0]].outputs.first ?? nil else {
      throw refusal("\(readers.count) nodes read '\(graph.name(of: value))'")
    }
    let node = graph.nodes[readers[0]]
    guard let before = shapes[value], let after = shapes[output] else { throw refused(node) }
    switch node.operatorName {
    case "Identity", "Dropout": break
    case "Flatten", "Reshape", "Squeeze", "Unsqueeze":
      // Only where extents of 1 come and go.
      guard isAveraged else { throw refused(node) }
    case "GlobalAveragePool": isAveraged = true
    case "ReduceMean", "AveragePool":
      guard before.rank == 4, after.count == before[0] * before[1], pads(node) == 0, averagesAll(node, before) else {
        throw refused(node)
      }
      isAveraged = true
    case "Gemm":
      let isTransposed = int(node, "transB", 0) == 1
      guard isAveraged, node.inputs.first == value, int(node, "transA", 0) == 0 else { throw refused(node) }
      try multiply(by: node.inputs[1], isTransposed: isTransposed, factor: float(node, "alpha", 1), node)
    case "MatMul":
      guard isAveraged, node.inputs.first == value else { throw refused(node) }
      try multiply(by: node.inputs[1], isTransposed: false, factor: 1, node)
    case "Conv":
      // One weight a pair of channels: weighing and averaging may change places.
      guard node.inputs.first == value, let weights = constant(node.inputs[1]), weights.shape.rank == 4,
        weights.shape[2] * weights.shape[3] == 1, int(node, "group", 1) == 1, pads(node) == 0, before[2] == after[2],
        before[3] == after[3]
      else { throw refused(node) }
      try multiply(by: node.inputs[1], isTransposed: true, factor: 1, node)
    case "Add", "Sub":
      // What is added has no part in the weights.
      guard node.inputs.first == value || node.operatorName == "Add",
        node.inputs.allSatisfy({ $0 == value || constant($0) != nil }), before.count == after.count
      else { throw refused(node) }
    default: throw refused(node)
    }
    return output
  }

  private func refused(_ node: Node) -> ExplainError {
    refusal("\(node.operatorName) '\(graph.label(of: node))' follows")
  }

  /// matrix ← weights · matrix.
  private mutating func multiply(
    by value: ValueID?, isTransposed: Bool, factor: Double, _ node: Node
  ) throws {
    guard let tensor = constant(value), tensor.elementType == .float32, tensor.shape.rank >= 2 else {
      throw refused(node)
    }
    let (inputs, outputs) =
      isTransposed ? (tensor.shape[1], tensor.shape[0]) : (tensor.shape[0], tensor.shape[1])
    guard inputs == rows, tensor.count == inputs * outputs else { throw refused(node) }
    let channels = layer.shape[1]
    let old = matrix
    let product = tensor.withElementsOnce(of: Float.self) { weights in
      var product = [Double](repeating: 0, count: outputs * channels)
      for output in 0..<outputs {
        for input in 0..<inputs {
          let weight = factor * Double(weights[isTransposed ? output * inputs + input : input * outputs + output])
          guard let old else {
            product[output * channels + input] = weight
            continue
          }
          for channel in 0..<channels {
            product[output * channels + channel] += weight * old[input * channels + channel]
          }
        }
      }
      return product
    }
    matrix = product
    rows = outputs
  }

  private func constant(_ value: ValueID?) -> Tensor? { value.flatMap { session.constant($0) } }

  private func int(_ node: Node, _ name: String, _ standard: Int64) -> Int64 {
    if case .int(let value)? = node.attributes[name] { value } else { standard }
  }

  private func float(_ node: Node, _ name: String, _ standard: Double) -> Double {
    if case .float(let value)? = node.attributes[name] { Double(value) } else { standard }
  }

  /// The elements added at the edges in all.
  private func pads(_ node: Node) -> Int64 {
    if case .string(let rule)? = node.attributes["auto_pad"],
      ![Array("NOTSET".utf8), Array("VALID".utf8)].contains(rule)
    {
      return 1
    }
    guard case .ints(let pads)? = node.attributes["pads"] else { return 0 }
    return pads.contains { $0 != 0 } ? 1 : 0
  }

  /// Whether one window, or the reduced axes, are rows and columns.
  private func averagesAll(_ node: Node, _ shape: Shape) -> Bool {
    if node.operatorName == "ReduceMean" {
      var axes: [Int64] = []
      if case .ints(let list)? = node.attributes["axes"] { axes = list }
      if node.inputs.count > 1, let tensor = constant(node.inputs[1]), tensor.elementType == .int64 {
        axes = tensor.elements(of: Int64.self)
      }
      return Set(axes.map { $0 < 0 ? $0 + 4 : $0 }) == [2, 3]
    }
    guard case .ints(let kernel)? = node.attributes["kernel_shape"] else { return false }
    return kernel == [Int64(shape[2]), Int64(shape[3])]
  }
}
