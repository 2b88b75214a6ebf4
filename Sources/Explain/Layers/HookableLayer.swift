public import GraphIR
public import Tensors

/// A node's output that Score-CAM can hook: a float value of shape 1×channels×height×width for one image. Values that
/// only look like that, with channels last or with tokens instead of rows and columns, are none.
public struct HookableLayer: Sendable {
  /// The node's index in the graph.
  public let node: Int

  /// The node's name, or its operator and first output where it has none.
  public let label: String

  public let value: ValueID
  public let valueName: String
  public let operatorName: String

  /// The innermost module that the node was exported from; nil where the exporter left no trace of it.
  public let scope: String?

  /// The value's shape for one image.
  public let shape: Shape

  /// The node that applies an activation function to the value, where one follows.
  public let activation: String?

  /// The fewest nodes between the value and an output of the graph.
  public let distanceFromOutput: Int
}

/// All layers of a graph that can be hooked, in the graph's order.
public struct LayerTable: Sendable {
  public let graph: Graph
  public let layers: [HookableLayer]

  /// The shape of each value in a run with one image.
  let shapes: [ValueID: Shape]

  /// The axes of each value, where they are known.
  let axisOrders: [AxisOrder?]

  /// Complexity: linear in the graph's size.
  ///
  /// - Parameter shapes: the shape of each float value in a run with one image.
  public init(graph: Graph, shapes: [ValueID: Shape]) {
    self.graph = graph
    self.shapes = shapes
    let axisOrders = graph.axisOrders { shapes[$0]?.rank }
    self.axisOrders = axisOrders
    let distances = LayerTable.distancesFromOutput(of: graph)
    layers = graph.nodes.enumerated().compactMap { index, node in
      guard let value = node.outputs.first ?? nil, let shape = shapes[value], shape.rank == 4, shape[0] == 1,
        shape.count > 0, axisOrders[value.index] ?? .featureMap == .featureMap, let distance = distances[value.index]
      else { return nil }
      let paths = node.modulePaths
      return HookableLayer(
        node: index, label: graph.label(of: node), value: value, valueName: graph.name(of: value),
        operatorName: node.operatorName, scope: paths.last, shape: shape,
        activation: graph.activation(of: value).map { graph.label(of: graph.nodes[graph.producers[$0.index]!]) },
        distanceFromOutput: distance)
    }
  }

  /// The layer whose value this is.
  public func layer(of value: ValueID) -> HookableLayer? { layers.first { $0.value == value } }

  /// For each value the fewest nodes between it and an output; nil for values that no output depends on.
  private static func distancesFromOutput(of graph: Graph) -> [Int?] {
    var distances = [Int?](repeating: nil, count: graph.values.count)
    for output in graph.outputs { distances[output.index] = 0 }
    for node in graph.nodes.reversed() {
      guard let nearest = node.outputs.compactMap({ $0.flatMap { distances[$0.index] } }).min() else { continue }
      for case let input? in node.inputs {
        distances[input.index] = min(distances[input.index] ?? .max, nearest + 1)
      }
    }
    return distances
  }
}
