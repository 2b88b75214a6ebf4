package import GraphIR

/// Which values of two graphs stand for the same, so that they can be compared.
///
/// Nodes are paired by the names of what they make, then by the module that they were exported from, then by what they
/// read. Where one graph has a BatchNormalization behind a convolution and the other has it in the weights, what
/// the normalization makes is compared with what the other's convolution makes; likewise an activation in front of
/// quantized steps that are its bounds.
package struct ValueMatching {
  /// What two values were taken for the same by.
  package enum Reason: String, Sendable {
    /// Both are the graph's input or output of that name or at that place.
    case boundary
    case name
    case scope
    case structure
  }

  /// Two values to be compared.
  package struct Pair {
    package let a: ValueID
    package let b: ValueID
    package let reason: Reason
    /// The nodes that stand for the values: those that make them, before what only changes their type; nil where none do.
    package let nodeA: Int?
    package let nodeB: Int?
  }

  /// The pairs in the order in which the first graph makes them; its outputs last.
  package private(set) var pairs: [Pair] = []

  /// The pairs of nodes: the second graph's by the first's.
  package private(set) var nodePartners: [Int: Int] = [:]

  let a: MatchSide
  let b: MatchSide
  private(set) var taken: Set<Int> = []
  private var partners: [ValueID: (value: ValueID, reason: Reason)] = [:]
  private var folded: Set<Int> = []

  /// - Complexity: about linear in the nodes, times the readers of one value where structure decides.
  package init(_ first: MatchSide, _ second: MatchSide, inputs: [(a: ValueID, b: ValueID)]) {
    a = first
    b = second
    for pair in inputs { partners[pair.a] = (pair.b, .boundary) }
    matchByName()
    matchByScope()
    matchByStructure()
    for node in a.nodes {
      for case let value? in a.graph.nodes[node].outputs {
        if let partner = partners[value] { add(value, partner.value, partner.reason) }
      }
    }
    for (valueA, valueB) in ValueMatching.correspondingValues(a.graph, a.graph.outputs, b.graph, b.graph.outputs) ?? []
    where !pairs.contains(where: { $0.a == valueA && $0.b == valueB }) {
      add(valueA, valueB, .boundary)
    }
  }

  private mutating func add(_ valueA: ValueID, _ valueB: ValueID, _ reason: Reason) {
    pairs.append(
      Pair(
        a: a.delivered(valueA), b: b.delivered(valueB), reason: reason, nodeA: a.graph.producers[valueA.index],
        nodeB: b.graph.producers[valueB.index]))
  }

  /// The partner of a value in the first graph, or of what it is a copy of.
  package func partner(of value: ValueID) -> ValueID? { partners[a.source(of: value)]?.value }

  /// Whether a node of the first graph has no partner yet, and makes nothing that has.
  func isOpen(_ node: Int) -> Bool { nodePartners[node] == nil && !folded.contains(node) }

  /// Inputs or outputs of two graphs in pairs: by name where all names are the same, else by their places; nil where
  /// the counts differ.
  package static func correspondingValues(
    _ a: Graph, _ aValues: [ValueID], _ b: Graph, _ bValues: [ValueID]
  ) -> [(a: ValueID, b: ValueID)]? {
    guard aValues.count == bValues.count else { return nil }
    let named = aValues.compactMap { value in b.value(named: a.name(of: value)).map { (a: value, b: $0) } }
    return Set(named.map(\.b)) == Set(bValues) ? named : zip(aValues, bValues).map { (a: $0, b: $1) }
  }

  /// Pairs two nodes and what they make.
  mutating func pair(_ nodeA: Int, _ nodeB: Int, _ reason: Reason) {
    nodePartners[nodeA] = nodeB
    taken.insert(nodeB)
    var (makerA, makerB) = (nodeA, nodeB)
    func foldA(_ node: Int) {
      folded.insert(node)
      makerA = node
    }
    func foldB(_ node: Int) {
      taken.insert(node)
      makerB = node
    }
    switch (a.normalization(after: nodeA), b.normalization(after: nodeB)) {
    case (let node?, nil): foldA(node)
    case (nil, let node?): foldB(node)
    default: break
    }
    switch (a.activation(after: makerA), b.activation(after: makerB)) {
    case (let node?, nil) where b.quantizes(makerB): foldA(node)
    case (nil, let node?) where a.quantizes(makerA): foldB(node)
    default: break
    }
    for case (let valueA?, let valueB?) in zip(a.graph.nodes[makerA].outputs, b.graph.nodes[makerB].outputs) {
      partners[valueA] = (valueB, reason)
    }
  }

  /// The name of a value is what users know it by, unless it is only a number, or the nodes' modules tell otherwise.
  private mutating func matchByName() {
    var makers: [ValueID: Int] = [:]
    for node in b.nodes {
      if case let output?? = b.graph.nodes[node].outputs.first { makers[output] = node }
    }
    for node in a.nodes where isOpen(node) {
      guard case let value?? = a.graph.nodes[node].outputs.first else { continue }
      let name = a.graph.name(of: value)
      guard !name.allSatisfy(\.isNumber), let same = b.graph.value(named: name), let other = makers[same],
        !taken.contains(other)
      else { continue }
      var (nodeA, nodeB) = (node, other)
      // A quantizer that takes an activation away gives its name to what the node before it makes.
      if b.quantizes(other), let before = a.node(activatedBy: node), a.family(before) == b.family(other) {
        nodeA = before
      } else if a.quantizes(node), let before = b.node(activatedBy: other), b.family(before) == a.family(node) {
        nodeB = before
      }
      let (pathA, pathB) = (a.graph.nodes[nodeA].innermostModule, b.graph.nodes[nodeB].innermostModule)
      if let pathA, let pathB, pathA != pathB { continue }
      guard isOpen(nodeA), !taken.contains(nodeB) else { continue }
      pair(nodeA, nodeB, .name)
    }
  }

  /// Within a module the nodes of one operator are paired in their order where there are as many in both graphs.
  private mutating func matchByScope() {
    struct Key: Hashable {
      let module: String
      let family: String
    }
    func group(_ side: MatchSide, _ isOpen: (Int) -> Bool) -> [Key: [Int]] {
      var groups: [Key: [Int]] = [:]
      for node in side.nodes where isOpen(node) {
        guard let module = side.graph.nodes[node].innermostModule else { continue }
        groups[Key(module: module, family: side.graph.nodes[node].family), default: []].append(node)
      }
      return groups
    }
    let groupsB = group(b) { !taken.contains($0) }
    let groupsA = group(a, isOpen)
    for (key, nodes) in groupsA.sorted(by: { $0.value[0] < $1.value[0] }) {
      guard let others = groupsB[key], others.count == nodes.count else { continue }
      for (node, other) in zip(nodes, others) where isOpen(node) && !taken.contains(other) {
        pair(node, other, .scope)
      }
    }
  }
}

extension Node {
  /// The path of the module that the node was exported from; nil where none is known.
  var innermostModule: String? {
    // The last of the exporter's scopes is the node's own.
    scopes.isEmpty ? modulePaths.last : scopes.dropLast().last
  }

  /// The operator's name, or one name for operators that exporters write for one another.
  var family: String {
    switch operatorName {
    case "Clip", "LeakyRelu", "Relu": "Relu"
    case "GlobalAveragePool", "AveragePool", "ReduceMean": "AveragePool"
    case "Flatten", "Reshape", "Squeeze", "Unsqueeze": "Reshape"
    default: domain.isEmpty ? operatorName : "\(domain).\(operatorName)"
    }
  }
}
