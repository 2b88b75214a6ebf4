package import Tensors

extension Node {
  /// The tensor that a `Constant` node gives; nil for other nodes, and where it is given in another form.
  package var constantTensor: Tensor? {
    guard operatorName == "Constant", case .tensor(let tensor)? = attributes["value"] else { return nil }
    return tensor
  }
}

extension Graph {
  /// The tensor of an initializer or of a `Constant` node.
  package func constantTensor(_ value: ValueID) -> Tensor? {
    initializers[value] ?? producers[value.index].flatMap { nodes[$0].constantTensor }
  }
}
