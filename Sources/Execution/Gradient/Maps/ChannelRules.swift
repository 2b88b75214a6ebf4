import GraphIR
import Tensors

extension CompiledNetwork {
  /// The rules of the three nodes of a channel shuffle, which follow each other in the plan: all is done at the last node,
  /// the first of the plan.
  func shuffleRule(at index: Int, of plan: GradientPlan) -> MapRule? {
    let node = plan.steps[index].node
    guard let number = layerByNode[node], case .channelShuffle(let groups) = layers[number].layer.kind else {
      return nil
    }
    let layer = layers[number].layer
    let behind = layer.nodes.count { $0 > node }
    let range = index - behind..<index - behind + layer.nodes.count
    let inner = layer.nodes.dropLast().flatMap { session.graph.nodes[$0].outputs.compactMap { $0 } }
    guard plan.steps.indices.contains(range.lowerBound), plan.steps.indices.contains(range.upperBound - 1),
      plan.steps[range].map(\.node) == layer.nodes.reversed(), !inner.contains(where: plan.wanted.contains),
      let shape = known[layer.inputs[0]]?.shape, shape[0] == 1
    else { return nil }
    // Channel i of group k goes to place i · groups + k, and comes back from there.
    return node == layer.nodes.last ? .shuffle(groups: shape[1] / groups) : .nothing
  }

  /// The rule of a node that cuts feature maps along their channels, where each part has a reader that hands a gradient
  /// back.
  func splitRule(at index: Int, of plan: GradientPlan) -> MapRule? {
    let step = plan.steps[index]
    let node = session.graph.nodes[step.node]
    guard node.operatorName == "Split", node.domain.isEmpty, case .int(1)? = node.attributes["axis"],
      step.wanted.first == true, let input = node.inputs[0].flatMap({ known[$0] }), input.isFeatureMap,
      input.shape[0] == 1
    else { return nil }
    let outputs = node.outputs.compactMap { $0 }
    let shapes = outputs.compactMap { known[$0]?.shape }
    guard outputs.count == node.outputs.count, shapes.count == outputs.count,
      shapes.reduce(0, { $0 + $1[1] }) == input.shape[1]
    else { return nil }
    let handed = Set(plan.steps[..<index].flatMap { plan.inputs(of: $0) })
    return outputs.allSatisfy(handed.contains) ? .split : nil
  }
}
