import GraphIR
import Kernels
import Operators
import Tensors

extension Graph {
  /// The nodes with a form as layers, in an order in which they can run: a convolution with the batch normalization,
  /// the sum and the clamping that follow it, where each of these is the only reader of what comes before.
  ///
  /// Which nodes are fused depends on the graph alone, not on what is fetched from it, so that observing a value changes
  /// no other.
  ///
  /// - Parameter known: the forms, and what is known of values.
  func fusedLayers(_ known: KnownValues) -> [Layer] {
    var layers: [Layer] = []
    var isTaken = [Bool](repeating: false, count: nodes.count)
    for index in nodes.indices where !isTaken[index] {
      var layer: Layer
      if let form = known.forms[index], let single = Layer(node: index, form: form, in: self, known) {
        layer = single
        extend(&layer, known, &isTaken)
      } else if let shuffle = channelShuffle(from: index, known) {
        layer = shuffle
      } else {
        continue
      }
      for node in layer.nodes { isTaken[node] = true }
      layers.append(layer)
    }
    // A layer runs where its last node stands: all that it reads has been made by then.
    return layers.sorted { $0.nodes.last! < $1.nodes.last! }
  }

  /// Takes the nodes that follow into a layer as long as they fit.
  private func extend(_ layer: inout Layer, _ known: KnownValues, _ isTaken: inout [Bool]) {
    while let next = onlyConsumer(of: layer.output), !isTaken[next], let form = known.forms[next],
      layer.absorb(form, inputs: nodes[next].inputs.compactMap { $0 })
    {
      layer.nodes.append(next)
      layer.output = nodes[next].outputs[0]!
    }
    gate(&layer, known, &isTaken)
  }

  /// Takes the two nodes into a layer that make its output y into y · f(y), as swish is written down.
  private func gate(_ layer: inout Layer, _ known: KnownValues, _ isTaken: inout [Bool]) {
    let readers = consumers[layer.output.index]
    guard layer.canActivate, readers.count == 2, !outputs.contains(layer.output) else { return }
    for (function, product) in [(readers[0], readers[1]), (readers[1], readers[0])] {
      guard !isTaken[function], !isTaken[product], case .activation(let activation)? = known.forms[function],
        case .product? = known.forms[product], let gate = activation.gate, let factor = nodes[function].outputs[0],
        onlyConsumer(of: factor) == product
      else { continue }
      layer.activation = gate
      layer.argument = layer.output
      layer.nodes += [function, product]
      layer.output = nodes[product].outputs[0]!
      return
    }
  }

  /// The one node that reads a value which is no output of the graph.
  func onlyConsumer(of value: ValueID) -> Int? {
    guard consumers[value.index].count == 1, !outputs.contains(value) else { return nil }
    return consumers[value.index][0]
  }
}

extension Layer {
  /// A layer of one node; nil where the kernels have no such layer.
  fileprivate init?(node index: Int, form: LayerForm, in graph: Graph, _ known: KnownValues) {
    let node = graph.nodes[index]
    let inputs = node.inputs.compactMap { $0 }
    nodes = [index]
    output = node.outputs[0]!
    switch form {
    case .convolution(let rows, let columns, let groups):
      guard let weights = known[inputs[1]]?.constant, rows.isShort, columns.isShort
      else { return nil }
      kind = .convolution(
        Convolution(
          weights: weights, bias: node.inputs.count > 2 ? node.inputs[2].flatMap { known[$0]?.constant } : nil,
          rows: rows, columns: columns, groups: groups))
      self.inputs = [inputs[0]]
    case .maxPool(let rows, let columns), .averagePool(let rows, let columns, _):
      guard rows.isShort, columns.isShort else { return nil }
      kind = .pooling(form)
      self.inputs = [inputs[0]]
    case .globalAveragePool:
      kind = .globalAveragePool
      self.inputs = [inputs[0]]
    case .clamp(let low, let high):
      let channels = known[inputs[0]]?.shape[1] ?? 0
      kind = .channelScale(
        ChannelFactors(
          factors: [Double](repeating: 1, count: channels), offsets: [Double](repeating: 0, count: channels)))
      bounds = ClampBounds(low: low, high: high)
      self.inputs = [inputs[0]]
    case .channelScale(let factors, let offsets):
      kind = .channelScale(ChannelFactors(factors: factors, offsets: offsets))
      self.inputs = [inputs.first { known[$0]?.constant == nil } ?? inputs[0]]
    case .sum:
      kind = .sum
      self.inputs = inputs
    case .product:
      kind = .product
      // The map comes first, the pixel last.
      let counts = inputs.map { known[$0]?.shape.count ?? 0 }
      self.inputs = counts[0] < counts[1] ? [inputs[1], inputs[0]] : inputs
    case .activation(let activation):
      kind = .activation
      self.activation = activation
      argument = inputs[0]
      self.inputs = [inputs[0]]
    case .localResponse(let scale, let bias, let below, let above):
      kind = .localResponse(LocalResponse(scale: scale, bias: bias, below: below, above: above))
      self.inputs = [inputs[0]]
    case .channelConcatenation:
      kind = .channelConcatenation
      self.inputs = inputs
    case .channelRange(let channels):
      kind = .channelRange(channels)
      self.inputs = [inputs[0]]
    case .identity:
      kind = .identity
      self.inputs = [inputs[0]]
    }
  }

  /// Whether an activation can be done last.
  fileprivate var canActivate: Bool {
    guard bounds == .none, activation == nil else { return false }
    switch kind {
    case .convolution, .channelScale, .sum: return true
    default: return false
    }
  }

  /// Makes a following node part of the layer.
  ///
  /// - Returns: whether it fits.
  fileprivate mutating func absorb(_ form: LayerForm, inputs: [ValueID]) -> Bool {
    guard bounds == .none, activation == nil else { return false }
    switch (kind, form) {
    case (_, .activation(let activation)):
      guard canActivate else { return false }
      self.activation = activation
      argument = output
      return true
    case (.convolution, .clamp(let low, let high)), (.channelScale, .clamp(let low, let high)),
      (.sum, .clamp(let low, let high)):
      bounds = ClampBounds(low: low, high: high)
      return true
    case (.convolution(var convolution), .channelScale(let factors, let offsets)):
      let scale = ChannelFactors(factors: factors, offsets: offsets)
      guard convolution.residual == nil, let both = convolution.scale.map({ $0.followed(by: scale) }) ?? scale else {
        return false
      }
      convolution.scale = both
      kind = .convolution(convolution)
      return true
    case (.channelScale(let scale), .channelScale(let factors, let offsets)):
      guard let both = scale.followed(by: ChannelFactors(factors: factors, offsets: offsets)) else { return false }
      kind = .channelScale(both)
      return true
    case (.convolution(var convolution), .sum):
      guard convolution.groups == 1, convolution.residual == nil,
        let other = inputs.first(where: { $0 != output })
      else { return false }
      convolution.residual = other
      kind = .convolution(convolution)
      return true
    default: return false
    }
  }
}

extension WindowAxis {
  /// Whether the window and its padding are of a size for which margins are made: what a file asks for beyond that is
  /// left to the plain form.
  var isShort: Bool {
    let span = (kernel - 1) * dilation + 1
    return span <= 64 && begin < span && overhang < span
  }

  /// How far the last window reaches over the last element.
  var overhang: Int { max(0, (output - 1) * stride - begin + (kernel - 1) * dilation + 1 - input) }

  /// As the kernels take it.
  var steps: WindowSteps { WindowSteps(kernel: kernel, stride: stride, dilation: dilation, begin: begin) }
}
