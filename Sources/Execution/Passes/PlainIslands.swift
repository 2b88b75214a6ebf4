import GraphIR
import Operators

extension Graph {
  /// The layers without those that would only take tensors into the layout of feature maps and back: layers that work
  /// on each element, with nothing but plain nodes around them. As plain nodes they run in one pass.
  ///
  /// Complexity: linear in the layers and what they read.
  func withoutPlainIslands(_ layers: [Layer], _ known: KnownValues) -> [Layer] {
    let layerByOutput = Dictionary(uniqueKeysWithValues: layers.enumerated().map { ($1.output, $0) })
    var neighbours = [[Int]](repeating: [], count: layers.count)
    for (index, layer) in layers.enumerated() {
      for input in layer.allInputs {
        guard let source = layerByOutput[input] else { continue }
        neighbours[index].append(source)
        neighbours[source].append(index)
      }
    }
    // What feeds a layer that stays, or is fed by one, stays too.
    var staysLayer = layers.map { layer in !layer.isPointwise || !layer.nodes.allSatisfy { isPointwise($0, known) } }
    var open = layers.indices.filter { staysLayer[$0] }
    while let index = open.popLast() {
      for neighbour in neighbours[index] where !staysLayer[neighbour] {
        staysLayer[neighbour] = true
        open.append(neighbour)
      }
    }
    return zip(layers, staysLayer).filter(\.1).map(\.0)
  }
}

extension Layer {
  /// Whether it works on each element by itself.
  fileprivate var isPointwise: Bool {
    switch kind {
    case .channelScale, .sum, .product, .activation: true
    default: false
    }
  }
}
