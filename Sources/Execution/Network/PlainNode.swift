import GraphIR
import Operators
import Tensors

/// A node that runs in its plain form, on row-major tensors.
public struct PlainNode: Sendable {
  /// Its name, or its operator and first output where it has none.
  public let node: String
  public let operatorName: String

  /// Why it is part of no layer, as a clause.
  public let reason: String
}

extension CompiledNetwork {
  /// The nodes that run for the graph's outputs and that are part of no layer and no group, in the graph's order.
  public var plainNodes: [PlainNode] {
    let graph = session.graph
    return program().segments.flatMap(\.steps).compactMap { step in
      guard case .node(let index) = step else { return nil }
      let node = graph.nodes[index]
      return PlainNode(node: graph.label(of: node), operatorName: node.operatorName, reason: reason(of: index))
    }
  }

  private func reason(of index: Int) -> String {
    let node = session.graph.nodes[index]
    switch known.forms[index] {
    case .some: return "its window or padding is too large"
    case nil: break
    }
    guard let input = node.inputs.first.flatMap({ $0.flatMap { known[$0] } }) else { return "it takes no feature map" }
    if input.constant != nil { return "its first input is a constant" }
    if input.elementType != .float32 { return "its input is of \(input.elementType), no feature map" }
    if input.shape.rank != 4 { return "its input has shape \(input.shape), no feature map" }
    return "no fused form for \(node.operatorName) with these inputs and attributes"
  }
}
