import Foundation
import GraphIR
import Tensors

/// A difference between two models that is seen without running them. Such differences alone do not make models differ:
/// exporters write the same network in many ways.
public struct StructuralDifference: Sendable, Hashable, Encodable {
  public enum Kind: String, Sendable, Hashable, Encodable {
    /// The version of an operator set.
    case opset
    /// How often an operator stands in the graph.
    case operators
    /// The operator that makes a value.
    case `operator`
    case attribute
    /// The elements of an initializer or constant.
    case weights
    case shape
  }

  public let kind: Kind
  public let nodeA: String?
  public let nodeB: String?
  /// What differs, as a sentence without a full stop; the first model's side comes first.
  public let message: String

  init(_ kind: Kind, nodeA: String? = nil, nodeB: String? = nil, _ message: String) {
    self.kind = kind
    self.nodeA = nodeA
    self.nodeB = nodeB
    self.message = message
  }
}

extension ValueMatching {
  /// The differences of the graphs as wholes, then those of the paired nodes in order.
  ///
  /// - Complexity: linear in nodes and the elements of all weights.
  var structuralDifferences: [StructuralDifference] {
    opsetDifferences + operatorDifferences
      + a.nodes.flatMap { node in nodePartners[node].map { differences(node, $0) } ?? [] }
  }

  private var opsetDifferences: [StructuralDifference] {
    let domains = Set(a.graph.opsets.keys).union(b.graph.opsets.keys).sorted()
    return domains.filter { a.graph.opsets[$0] != b.graph.opsets[$0] }.map { domain in
      let versions = [a.graph.opsets[domain], b.graph.opsets[domain]].map { $0.map(String.init) ?? "none" }
      return StructuralDifference(
        .opset, "Opset of \(domain.isEmpty ? "ai.onnx" : domain): \(versions[0]) and \(versions[1])")
    }
  }

  private var operatorDifferences: [StructuralDifference] {
    func counts(_ side: MatchSide) -> [String: Int] {
      Dictionary(side.nodes.map { (side.graph.nodes[$0].operatorName, 1) }, uniquingKeysWith: +)
    }
    let (countsA, countsB) = (counts(a), counts(b))
    return Set(countsA.keys).union(countsB.keys).sorted().filter { countsA[$0] != countsB[$0] }.map { name in
      StructuralDifference(.operators, "\(name) nodes: \(countsA[name] ?? 0) and \(countsB[name] ?? 0)")
    }
  }

  private func differences(_ nodeA: Int, _ nodeB: Int) -> [StructuralDifference] {
    let (first, second) = (a.graph.nodes[nodeA], b.graph.nodes[nodeB])
    let labels = (a.graph.label(of: first), b.graph.label(of: second))
    func difference(_ kind: StructuralDifference.Kind, _ message: String) -> StructuralDifference {
      StructuralDifference(kind, nodeA: labels.0, nodeB: labels.1, message)
    }
    guard first.operatorName == second.operatorName else {
      return [difference(.operator, "\(first.operatorName) '\(labels.0)' is \(second.operatorName) '\(labels.1)'")]
    }
    // Weights that carry a folded normalization differ by what they are.
    let isFolded = (a.normalization(after: nodeA) == nil) != (b.normalization(after: nodeB) == nil)
    return attributeDifferences(first, second).map { difference(.attribute, "\(labels.0): \($0)") }
      + (isFolded ? [] : weightDifferences(nodeA, nodeB).map { difference(.weights, "\(labels.0): \($0)") })
  }

  private func attributeDifferences(_ first: Node, _ second: Node) -> [String] {
    Set(first.attributes.keys).union(second.attributes.keys).sorted().compactMap { name in
      let (one, other) = (first.attributes[name], second.attributes[name])
      switch (one, other) {
      case (let one?, let other?):
        if one.isEqual(to: other) { return nil }
      case (let given?, nil), (nil, let given?):
        if given.isUsual(for: name) { return nil }
      case (nil, nil): return nil
      }
      return "\(name) is \(one?.text ?? "left out") and \(other?.text ?? "left out")"
    }
  }

  private func weightDifferences(_ nodeA: Int, _ nodeB: Int) -> [String] {
    let (weightsA, weightsB) = (a.constants(of: nodeA), b.constants(of: nodeB))
    return Set(weightsA.keys).union(weightsB.keys).sorted().compactMap { place in
      let name = a.graph.nodes[nodeA].inputs[safe: place].map { "'\(a.graph.name(of: $0))'" } ?? "input \(place)"
      guard let one = weightsA[place] else { return "\(name) is constant in the second model alone" }
      guard let other = weightsB[place] else { return "\(name) is constant in the first model alone" }
      guard !one.hasSameContent(as: other) else { return nil }
      guard
        let comparison = try? TensorComparison(other.alignedOnce, reference: one.alignedOnce, tolerance: .bitExact)
      else {
        return "\(name) is \(one.elementType) \(one.shape) and \(other.elementType) \(other.shape)"
      }
      let error = String(format: "%.3g", comparison.maxAbsoluteError)
      return "\(name) differs, by at most \(error)\(one.isChannelReversal(of: other) ? "; \(ChannelOrder.name)" : "")"
    }
  }

  /// What is different in the float weights of two paired nodes beyond the tolerance, as a clause; nil where nothing is,
  /// and where operator, attributes, types or shapes differ too, so that other weights may do the same.
  func changedWeight(_ nodeA: Int, _ nodeB: Int, tolerance: (String) -> ValueTolerance) -> String? {
    let (first, second) = (a.graph.nodes[nodeA], b.graph.nodes[nodeB])
    let isFolded = (a.normalization(after: nodeA) == nil) != (b.normalization(after: nodeB) == nil)
    guard !isFolded, first.operatorName == second.operatorName, attributeDifferences(first, second).isEmpty else {
      return nil
    }
    let (weightsA, weightsB) = (a.constants(of: nodeA), b.constants(of: nodeB))
    let missing = Set(weightsA.keys).symmetricDifference(weightsB.keys)
    guard missing.isEmpty || missing == [2] && (first.lacksBias || second.lacksBias) else { return nil }
    for place in Set(weightsA.keys).union(weightsB.keys).sorted() {
      // A bias that is left out is zero.
      guard let weight = weightsA[place] ?? weightsB[place]?.zeros,
        let other = weightsB[place] ?? weightsA[place]?.zeros,
        weight.elementType.isFloatingPoint, !weight.hasSameContent(as: other)
      else { continue }
      let names = [(a, first), (b, second)].compactMap { side, node in
        node.inputs[safe: place].map { side.graph.name(of: $0) }
      }
      let name = names.first ?? "input \(place)"
      guard let fitting = other.alignedOnce.converted(to: weight.elementType), fitting.shape == weight.shape,
        let comparison = try? TensorComparison(fitting, reference: weight.alignedOnce, tolerance: tolerance(name))
      else { return nil }
      if !comparison.holds {
        return "weight '\(name)' differs by at most \(String(format: "%.3g", comparison.maxAbsoluteError))"
      }
    }
    return nil
  }
}

extension Node {
  /// Whether the node could have a bias and has none.
  fileprivate var lacksBias: Bool {
    ["Conv", "ConvTranspose", "Gemm"].contains(operatorName) && inputs[safe: 2] == nil
  }
}

extension Tensor {
  /// Zeros of the same shape and type; nil for types other than float16, float32 and float64.
  fileprivate var zeros: Tensor? {
    Tensor(shape, [Float](repeating: 0, count: shape.count)).converted(to: elementType)
  }

  /// Whether a convolution's weights of three input channels are another one's in the opposite order.
  fileprivate func isChannelReversal(of other: Tensor) -> Bool {
    guard shape.rank == 4, shape[1] == 3, let reversed = ChannelOrder.reversed(other) else { return false }
    return hasSameContent(as: reversed)
  }
}

extension [ValueID?] {
  fileprivate subscript(safe place: Int) -> ValueID? { indices.contains(place) ? self[place] : nil }
}

extension Attribute {
  /// Whether both are of one kind and hold the same. Graphs are not looked into.
  fileprivate func isEqual(to other: Attribute) -> Bool {
    switch (self, other) {
    case (.int(let a), .int(let b)): a == b
    case (.float(let a), .float(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.tensor(let a), .tensor(let b)): a.hasSameContent(as: b)
    case (.ints(let a), .ints(let b)): a == b
    case (.floats(let a), .floats(let b)): a == b
    case (.strings(let a), .strings(let b)): a == b
    case (.graph, .graph), (.graphs, .graphs), (.tensors, .tensors), (.type, .type): true
    default: false
    }
  }

  /// Whether operators take the attribute of that name as this where it is left out, so that some exporters write it and
  /// some do not.
  fileprivate func isUsual(for name: String) -> Bool {
    switch (name, self) {
    case ("auto_pad", .string(let text)): text == Array("NOTSET".utf8)
    case ("dilations", .ints(let list)), ("strides", .ints(let list)): list.allSatisfy { $0 == 1 }
    case ("pads", .ints(let list)): list.allSatisfy { $0 == 0 }
    case ("kernel_shape", .ints): true
    case ("group", .int(let number)), ("keepdims", .int(let number)): number == 1
    case ("alpha", .float(let number)), ("beta", .float(let number)): number == 1
    case ("epsilon", .float(let number)): number == 1e-5
    case ("momentum", .float(let number)): number == 0.9
    case (_, .int(let number)): number == 0
    default: false
    }
  }

  /// For messages.
  fileprivate var text: String {
    switch self {
    case .int(let number): "\(number)"
    case .float(let number): "\(number)"
    case .string(let bytes): "'\(String(decoding: bytes, as: UTF8.self))'"
    case .ints(let list): "\(list)"
    case .floats(let list): "\(list)"
    default: "another \(kindName)"
    }
  }
}
