import GraphIR

/// What the axes of a value of rank 4 are, as far as the operators around it tell.
enum AxisOrder: Equatable {
  /// Which of image, channel, row and column (0 to 3) each axis is.
  case permuted([Int])
  /// Places are tokens rather than rows and columns: queries, keys and scores of attention.
  case tokens

  static let featureMap = AxisOrder.permuted([0, 1, 2, 3])

  /// The axes in words, such as `image×row×column×channel`.
  var words: String {
    switch self {
    case .permuted(let axes): axes.map { ["image", "channel", "row", "column"][$0] }.joined(separator: "×")
    case .tokens: "tokens rather than rows and columns"
    }
  }

  /// Of the transposed value.
  func transposed(by permutation: [Int]) -> AxisOrder? {
    guard case .permuted(let axes) = self else { return self }
    guard permutation.sorted() == [0, 1, 2, 3] else { return nil }
    return .permuted(permutation.map { axes[$0] })
  }

  /// Of the value whose transpose has this order.
  func untransposed(by permutation: [Int]) -> AxisOrder? {
    guard case .permuted(let axes) = self else { return self }
    guard permutation.sorted() == [0, 1, 2, 3] else { return nil }
    var source = axes
    for (place, axis) in permutation.enumerated() { source[axis] = axes[place] }
    return .permuted(source)
  }
}

extension Graph {
  /// Operators whose first input and output are images of channels, rows and columns by their specification.
  private static let featureMapOperators: Set<String> = [
    "Conv", "ConvInteger", "ConvTranspose", "DeformConv", "QLinearConv", "MaxPool", "AveragePool", "LpPool",
    "GlobalMaxPool", "GlobalAveragePool", "GlobalLpPool", "BatchNormalization", "InstanceNormalization",
    "GroupNormalization", "LRN", "DepthToSpace", "SpaceToDepth",
  ]

  /// Operators after which the axes are others.
  private static let rearrangingOperators: Set<String> = [
    "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Gather", "Einsum", "Expand", "Shape", "Col2Im",
  ]

  /// The axes of the values that are known by what makes or takes them; other operators keep the axes of their inputs.
  ///
  /// Complexity: linear in the graph's size.
  ///
  /// - Parameter rank: a value's rank; nil where it is not known.
  func axisOrders(rank: (ValueID) -> Int?) -> [AxisOrder?] {
    var orders = [AxisOrder?](repeating: nil, count: values.count)
    let varying = valuesThatVary
    /// The inputs of rank 4 that are computed from the graph's.
    func maps(_ node: Node) -> [ValueID] {
      node.inputs.compactMap { $0 }.filter { varying[$0.index] && rank($0) == 4 }
    }
    for node in nodes {
      guard let output = node.outputs.first ?? nil, rank(output) == 4 else { continue }
      let known = maps(node).lazy.compactMap { orders[$0.index] }.first
      switch node.operatorName {
      case let name where Graph.featureMapOperators.contains(name): orders[output.index] = .featureMap
      case let name where Graph.rearrangingOperators.contains(name): break
      case "Transpose": orders[output.index] = known?.transposed(by: node.permutation)
      case "MatMul" where maps(node).count == 2: orders[output.index] = .tokens
      default: orders[output.index] = known
      }
    }
    for node in nodes.reversed() {
      let order = (node.outputs.first ?? nil).flatMap { orders[$0.index] }
      for input in maps(node) where orders[input.index] == nil {
        switch node.operatorName {
        case let name where Graph.featureMapOperators.contains(name): orders[input.index] = .featureMap
        case let name where Graph.rearrangingOperators.contains(name): break
        case "Transpose": orders[input.index] = order?.untransposed(by: node.permutation)
        default: orders[input.index] = order
        }
      }
    }
    return orders
  }

  /// For each value whether it depends on an input.
  private var valuesThatVary: [Bool] {
    var varying = [Bool](repeating: false, count: values.count)
    for input in inputs { varying[input.index] = true }
    for node in nodes where node.inputs.contains(where: { $0.map { varying[$0.index] } ?? false }) {
      for case let output? in node.outputs { varying[output.index] = true }
    }
    return varying
  }
}

extension Node {
  /// The axes that a Transpose takes its output's from; reversed where the node does not say.
  fileprivate var permutation: [Int] {
    guard case .ints(let axes)? = attributes["perm"] else { return [3, 2, 1, 0] }
    return axes.map { Int(clamping: $0) }
  }
}
