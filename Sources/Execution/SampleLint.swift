public import GraphIR
public import Tensors

/// What is odd about the values that a network makes of some inputs: channels that are the same everywhere, and numbers
/// out of all proportion.
public struct SampleLint {
  /// What was seen of one value's channels.
  private struct Channels {
    var low: [Float]
    var high: [Float]
    /// The elements of each channel that were seen.
    var count = 0
  }

  private let session: Session
  private var channels: [ValueID: Channels] = [:]
  private var largest: [ValueID: Float] = [:]
  private var nonFinite: [ValueID: Int] = [:]
  private var inputCount = 0

  public init(_ session: Session) { self.session = session }

  /// Runs the network on inputs and looks at all that it makes.
  ///
  /// - Throws: `ExecutionError` that names the input or node.
  public mutating func observe(_ inputs: [ValueID: Tensor]) throws(ExecutionError) {
    let graph = session.graph
    // Handed over rather than shared, so that it is changed in place.
    var seen = self
    self = SampleLint(session)
    defer { self = seen }
    _ = try session.run(inputs) { value, tensor in
      guard tensor.elementType == .float32, let producer = graph.producers[value.index] else { return }
      seen.take(tensor, of: value, channelled: Self.hasChannels(tensor.shape, graph.nodes[producer]))
    }
    seen.inputCount += 1
  }

  /// The largest number of float16, and more than networks make of pictures.
  private static let largestUsualValue: Float = 65504

  /// Findings about all that was observed, in the order of the nodes.
  public var findings: [LintFinding] {
    let graph = session.graph
    let values = session.plan().nodes.flatMap { graph.nodes[$0].outputs.compactMap { $0 } }
    return rangeFindings(values) + values.compactMap(deadChannels)
  }

  private func rangeFindings(_ values: [ValueID]) -> [LintFinding] {
    let graph = session.graph
    func finding(_ values: [ValueID], _ what: (ValueID) -> String, advice: String) -> [LintFinding] {
      guard let first = values.first, let producer = graph.producers[first.index] else { return [] }
      let others = values.count > 1 ? ", and \(values.count - 1) later values too" : ""
      let node = graph.nodes[producer]
      return [
        LintFinding(
          .unusualRange, node: graph.label(of: node), value: graph.name(of: first),
          "\(node.operatorName) '\(graph.label(of: node))' makes \(what(first)) of the sample\(others)", advice: advice)
      ]
    }
    return finding(
      values.filter { nonFinite[$0] != nil }, { "\(nonFinite[$0]!) NaN or infinite elements" },
      advice: "See what the node reads with onnx-lens run --check-finite")
      + finding(
        values.filter { largest[$0, default: 0] > Self.largestUsualValue }, { "numbers of up to \(largest[$0]!)" },
        advice: "Check preprocessing and weights; in float16 they would be infinite")
  }

  /// Channels of a value that are the same everywhere, where more of them are than of what its node reads.
  private func deadChannels(of value: ValueID) -> LintFinding? {
    let graph = session.graph
    guard let producer = graph.producers[value.index], let dead = constantChannels(of: value), !dead.isEmpty,
      let total = channels[value]?.low.count
    else { return nil }
    let node = graph.nodes[producer]
    let before = node.inputs.compactMap { $0 }.filter { channels[$0]?.low.count == total }.compactMap {
      constantChannels(of: $0)?.count
    }
    guard dead.count > before.max() ?? 0 else { return nil }
    let list = dead.prefix(8).map(String.init).joined(separator: ", ") + (dead.count > 8 ? ", …" : "")
    return LintFinding(
      .deadChannels, node: graph.label(of: node), value: graph.name(of: value),
      "\(dead.count) of \(total) channels of \(node.operatorName) '\(graph.label(of: node))' are the same everywhere in "
        + "\(inputCount) input\(inputCount == 1 ? "" : "s"): \(list)",
      advice: "Dead in all inputs of a larger sample, they are weights without use, or lost in the export")
  }

  /// The channels that never vary; nil where that cannot be told.
  private func constantChannels(of value: ValueID) -> [Int]? {
    guard let seen = channels[value], seen.count > 1 else { return nil }
    return seen.low.indices.filter { seen.low[$0] == seen.high[$0] }
  }

  private mutating func take(_ tensor: Tensor, of value: ValueID, channelled: Bool) {
    let shape = tensor.shape
    tensor.withElements(of: Float.self) { elements in
      var greatest = largest[value, default: 0]
      var odd = 0
      for element in elements {
        if !element.isFinite { odd += 1 } else if element.magnitude > greatest { greatest = element.magnitude }
      }
      largest[value] = greatest
      if odd > 0 { nonFinite[value, default: 0] += odd }
      guard channelled else { return }
      let (count, area) = (shape[1], shape.count(of: 2..<shape.rank))
      var seen =
        channels.removeValue(forKey: value)
        ?? Channels(low: .init(repeating: .infinity, count: count), high: .init(repeating: -.infinity, count: count))
      guard seen.low.count == count else { return }
      for plane in 0..<shape[0] * count {
        let channel = plane % count
        for element in elements[plane * area..<(plane + 1) * area] {
          seen.low[channel] = min(seen.low[channel], element)
          seen.high[channel] = max(seen.high[channel], element)
        }
      }
      seen.count += shape[0] * area
      channels[value] = seen
    }
  }

  private static let convolutions: Set<String> = [
    "BatchNormalization", "Conv", "ConvTranspose", "InstanceNormalization",
  ]
  private static let activations: Set<String> = [
    "Clip", "Elu", "Gemm", "HardSigmoid", "HardSwish", "LeakyRelu", "PRelu", "Relu", "Selu", "Sigmoid", "Tanh",
  ]

  /// Whether the second extent of what a node makes is that of channels.
  private static func hasChannels(_ shape: Shape, _ node: Node) -> Bool {
    guard node.domain.isEmpty, shape.rank >= 2, shape.count > 0 else { return false }
    return convolutions.contains(node.operatorName)
      || activations.contains(node.operatorName) && (shape.rank == 2 || shape.rank == 4)
  }
}
