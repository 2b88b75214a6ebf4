import GraphIR
import Tensors

extension Graph {
  /// The channel shuffle that begins at a node: a `Reshape` of the channels to groups × channels of a group, a
  /// `Transpose` of these two axes and a `Reshape` back, where nothing else reads what lies between.
  ///
  /// - Source: Zhang et al., "ShuffleNet: An Extremely Efficient Convolutional Neural Network for Mobile Devices",
  ///   CVPR 2018, section 3.1.
  func channelShuffle(from index: Int, _ known: KnownValues) -> Layer? {
    let node = nodes[index]
    guard node.operatorName == "Reshape", let input = node.inputs.first ?? nil, let map = known[input],
      map.isFeatureMap, let grouped = node.outputs.first ?? nil, let shape = known[grouped]?.shape,
      shape.rank == 5, shape[0] == map.shape[0], shape[1] * shape[2] == map.shape[1],
      Array(shape.dimensions.dropFirst(3)) == Array(map.shape.dimensions.dropFirst(2)),
      let transpose = onlyConsumer(of: grouped), nodes[transpose].operatorName == "Transpose",
      case .ints([0, 2, 1, 3, 4])? = nodes[transpose].attributes["perm"],
      let shuffled = nodes[transpose].outputs.first ?? nil, let back = onlyConsumer(of: shuffled),
      nodes[back].operatorName == "Reshape", nodes[back].inputs.first == shuffled,
      let output = nodes[back].outputs.first ?? nil, known[output]?.shape == map.shape
    else { return nil }
    return Layer(
      kind: .channelShuffle(groups: shape[1]), nodes: [index, transpose, back], inputs: [input], output: output)
  }
}
