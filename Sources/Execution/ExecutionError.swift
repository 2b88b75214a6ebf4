import GraphIR
public import Tensors

/// Why a graph cannot be run, or why a run ended early.
public struct ExecutionError: Fault {
  /// One node's part in it.
  public struct NodeFault: Sendable {
    /// The node's name, or its operator and first output where it has none.
    public let node: String
    public let operatorName: String
    /// The version of the operator's set that the model imports; nil where it imports none.
    public let opset: Int?
    public let kind: FaultKind
    /// What is wrong, as a clause without a full stop.
    public let message: String
  }

  public let kind: FaultKind

  /// What is wrong, as a clause without a full stop; where single nodes are at fault, what they have in common.
  public let message: String

  /// The nodes at fault, in the graph's order; empty where it is about the call as a whole.
  public let nodes: [NodeFault]

  /// A fault of the call as a whole.
  public init(_ kind: FaultKind, _ message: String) {
    self.kind = kind
    self.message = message
    nodes = []
  }

  /// A fault of one node.
  init(_ error: any Error, node: Node, in graph: Graph) {
    let kind: FaultKind
    switch error {
    case let fault as any Fault: kind = fault.kind
    case is AllocationError: kind = .resourceLimit
    default: kind = .mismatched
    }
    self.kind = kind
    message = "\(error)"
    nodes = [
      NodeFault(
        node: graph.label(of: node), operatorName: node.operatorName, opset: graph.opset(of: node), kind: kind,
        message: message)
    ]
  }

  /// The faults of all nodes that cannot run.
  ///
  /// - Parameter summary: what is wrong with several of them, a verb first.
  /// - Precondition: `faults` is not empty.
  init(_ faults: [ExecutionError], outOf nodeCount: Int, _ summary: String = "cannot be run") {
    nodes = faults.flatMap(\.nodes)
    kind = nodes.contains { $0.kind == .malformed } ? .malformed : nodes[0].kind
    message =
      nodes.count == 1 ? nodes[0].message : "\(nodes.count) of the \(nodeCount) nodes of the model \(summary)"
  }

  public var description: String {
    switch nodes.count {
    case 0: message
    case 1: "\(message) (\(nodes[0].place))"
    default: "\(message):\n" + nodes.map { "  \($0.place): \($0.message)" }.joined(separator: "\n")
    }
  }
}

extension ExecutionError.NodeFault {
  fileprivate var place: String {
    "\(operatorName) node '\(node)'" + (opset.map { ", opset \($0)" } ?? "")
  }
}
