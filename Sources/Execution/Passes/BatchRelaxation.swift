import GraphIR
import Tensors

extension Graph {
  /// The graph with every constant `Reshape` target that begins with a 1 made to begin with a 0, which means "the
  /// input's extent". nil where there is no such target.
  ///
  /// Whether the result computes the same is for the caller to find out: a leading 1 need not be the batch.
  ///
  /// - Source: ONNX operator Reshape, input `shape`.
  func relaxingBatch() -> Graph? {
    var values = self.values
    var initializers = self.initializers
    var nodes = self.nodes
    var hasChanged = false
    for index in nodes.indices where nodes[index].operatorName == "Reshape" && nodes[index].inputs.count == 2 {
      if case .int(1)? = nodes[index].attributes["allowzero"] { continue }
      guard let target = nodes[index].inputs[1], let tensor = constantTensor(target),
        tensor.elementType == .int64, tensor.shape.rank == 1
      else { continue }
      var extents = tensor.elements(of: Int64.self)
      guard extents.count >= 2, extents[0] == 1 else { continue }
      extents[0] = 0
      let relaxed = ValueID(values.count)
      values.append(Value(name: "\(name(of: target)) for any batch of \(index)"))
      initializers[relaxed] = Tensor(tensor.shape, extents)
      nodes[index].inputs[1] = relaxed
      hasChanged = true
    }
    guard hasChanged else { return nil }
    // Only new names and constants came in, so the graph is as valid as before.
    return try? Graph(
      name: name, values: values, inputs: inputs, outputs: outputs, initializers: initializers,
      outerValues: outerValues, nodes: nodes, opsets: opsets)
  }
}
