import GraphIR
import Kernels
import Operators
import Tensors

/// Lays out the steps by which gradients go back through neighbouring nodes of a plan, all of them on feature maps.
struct MapGradientBuilder {
  typealias Part = (step: GradientPlan.Step, rule: MapRule)

  let network: CompiledNetwork
  /// What the forward pass keeps.
  let keptMaps: [ValueID: MapID]
  let wanted: Set<ValueID>

  private(set) var maps = MapTable()
  private(set) var steps: [ProgramStep] = []

  /// The values whose gradients become tensors.
  private(set) var outgoing: [ValueID] = []

  /// The gradients so far.
  private var gradients: [ValueID: MapID] = [:]

  /// The layer that the current node is part of, and the concatenations that come later.
  private var layer = 0
  private var concatenations: [Node] = []

  /// The gradients of some channels of a value, while there are more to come.
  private var pieces: [ValueID: [(map: MapID, firstChannel: Int)]] = [:]

  /// - Parameters:
  ///   - parts: the last node first.
  ///   - incoming: the values whose gradients are given as tensors.
  ///   - outgoing: the values whose gradients become tensors where there are such.
  ///   - wanted: those that the plan asks for.
  init(
    _ network: CompiledNetwork, keptMaps: [ValueID: MapID], parts: [Part], incoming: [ValueID], outgoing: [ValueID],
    wanted: Set<ValueID>
  ) {
    self.network = network
    self.keptMaps = keptMaps
    self.wanted = wanted
    for value in incoming {
      let map = maps.add(RowLayout(network.known[value]!.shape))
      steps.append(.load(value, map))
      gradients[value] = map
    }
    let nodes = network.session.graph.nodes
    for (index, part) in parts.enumerated() {
      let node = nodes[part.step.node]
      if case .split = part.rule {
        takeParts(of: node)
        continue
      }
      guard let output = node.outputs[0], let gradient = gradients[output] else { continue }
      if !wanted.contains(output) { gradients[output] = nil }
      layer = network.layerByNode[part.step.node]!
      if case .concatenation = part.rule {
        concatenations = parts[(index + 1)...].compactMap { later in
          if case .concatenation = later.rule { nodes[later.step.node] } else { nil }
        }
      }
      if case .channels(let first) = part.rule {
        let input = node.inputs[0]!
        pieces[input, default: []].append((gradient, first))
        let isLast = !parts[(index + 1)...].contains { later in
          if case .channels = later.rule { nodes[later.step.node].inputs[0] == input } else { false }
        }
        if isLast { join(pieces.removeValue(forKey: input)!, to: input) }
        continue
      }
      handBack(gradient, through: node, part)
    }
    self.outgoing = outgoing.filter { gradients[$0] != nil }
    for value in self.outgoing { steps.append(.store(gradients[value]!, value)) }
  }

  private mutating func add(_ step: some MapStep) {
    for (input, margins) in zip(step.inputs, step.margins) { maps.require(margins, around: input) }
    steps.append(.maps(step, layer: layer))
  }

  private mutating func addMap(like value: ValueID) -> MapID { maps.add(RowLayout(network.known[value]!.shape)) }

  /// Adds a map to a value's gradient.
  private mutating func add(_ map: MapID, to value: ValueID) {
    guard let other = gradients[value] else {
      gradients[value] = map
      return
    }
    let sum = addMap(like: value)
    add(SumStep(sum: MapSum(bounds: .none), inputs: [other, map], output: sum))
    gradients[value] = sum
  }

  private mutating func handBack(_ gradient: MapID, through node: Node, _ part: Part) {
    let inputs = part.step.wanted.indices.filter { part.step.wanted[$0] }.map { node.inputs[$0]! }
    switch part.rule {
    case .convolution(let adjoint): convolve(gradient, by: adjoint, to: inputs[0])
    case .copy: for input in inputs { add(gradient, to: input) }
    case .scale(let factors):
      let output = addMap(like: inputs[0])
      let scale = ChannelScale(
        factors: factors, offsets: [Float](repeating: 0, count: factors.count), bounds: .none)
      add(ChannelScaleStep(scale: scale, input: gradient, output: output))
      add(output, to: inputs[0])
    case .gate(let bounds, let isGuided): gate(gradient, bounds, isGuided, node.outputs[0]!, to: inputs[0])
    case .activation(let activation, let argument):
      let output = addMap(like: argument)
      add(
        ActivationGradientStep(
          activation: MapActivation(activation), gradient: gradient, argument: keptMaps[argument]!, output: output,
          partCount: maps.entries[output.index].layout.blocks))
      add(output, to: argument)
    case .shuffle(let groups):
      let input = network.layers[layer].layer.inputs[0]
      let output = addMap(like: input)
      add(
        ShuffleStep(
          input: gradient, output: output, groups: groups, partCount: maps.entries[output.index].layout.blocks))
      add(output, to: input)
    // Several of these are taken together.
    case .split, .channels, .nothing: break
    case .concatenation: divide(gradient, node, part.step.wanted)
    case .product: multiply(gradient, node, part.step.wanted)
    case .mean:
      let (input, output) = (network.known[inputs[0]]!.shape, addMap(like: inputs[0]))
      add(SpreadStep(factor: 1 / Float(input[2] * input[3]), pixel: gradient, output: output))
      add(output, to: inputs[0])
    case .maximum(let rows, let columns):
      let output = addMap(like: inputs[0])
      add(
        MaxPoolGradientStep(
          pooling: MaxPoolGradient(rows: rows.steps, columns: columns.steps), gradient: gradient,
          pooled: keptMaps[inputs[0]]!, output: output, partCount: maps.entries[output.index].layout.blocks,
          windows: rows.output))
      add(output, to: inputs[0])
    }
  }

  private mutating func convolve(_ gradient: MapID, by adjoint: AdjointConvolutions, to input: ValueID) {
    let outputs = adjoint.parts.map { part in
      maps.add(
        RowLayout(
          channels: part.weights.shape[0], height: part.rows.output, width: part.columns.output,
          lanes: InstructionSet.current.lanes))
    }
    var residual: MapID?
    for (part, output) in zip(adjoint.parts, outputs) {
      let convolution = Layer.Convolution(
        weights: part.weights, bias: nil, rows: part.rows, columns: part.columns, groups: adjoint.groups)
      let kernel = CompiledLayer.Kernel(
        convolution, bounds: .none, isPlanar: false, arithmetic: network.arithmetic, pool: network.session.pool)
      if adjoint.isWhole, kernel.takesResidual { residual = gradients.removeValue(forKey: input) }
      let step = kernel.step(
        rows: part.rows, columns: part.columns, input: gradient, residual: residual, output: output, in: maps)
      for (map, margins) in zip(step.inputs, step.margins) { maps.require(margins, around: map) }
      steps.append(.maps(step, layer: layer))
    }
    if adjoint.isWhole { return add(outputs[0], to: input) }
    let output = addMap(like: input)
    let phases = adjoint.parts.enumerated().flatMap { index, part in
      part.phases.enumerated().map { number, phase in
        PhaseStep.Phase(
          input: index, firstChannel: number * adjoint.channels, row: phase.row, column: phase.column)
      }
    }
    add(PhaseStep(phases: phases, inputs: outputs, output: output))
    add(output, to: input)
  }

  private mutating func gate(
    _ gradient: MapID, _ bounds: ClampBounds, _ isGuided: Bool, _ result: ValueID, to input: ValueID
  ) {
    var gradient = gradient
    if isGuided {
      let positive = addMap(like: input)
      let gate = MapGate(bounds: ClampBounds(low: 0, high: .infinity))
      add(GateStep(gate: gate, gradient: gradient, result: nil, output: positive))
      gradient = positive
    }
    let output = addMap(like: input)
    add(GateStep(gate: MapGate(bounds: bounds), gradient: gradient, result: keptMaps[result]!, output: output))
    add(output, to: input)
  }

  /// The inputs' channels, without a copy where that can be done.
  ///
  /// Where the first inputs are those of another concatenation, as in densely connected networks, their gradients go
  /// by way of it.
  private mutating func divide(_ gradient: MapID, _ node: Node, _ isWanted: [Bool]) {
    let inputs = node.inputs.compactMap { $0 }
    let known = concatenations.filter {
      let first = $0.inputs.compactMap { $0 }
      return first.count > 1 && first.count < inputs.count && inputs.starts(with: first)
        && !wanted.contains($0.outputs[0]!)
    }.max { $0.inputs.count < $1.inputs.count }
    var channel = 0
    var place = 0
    if let known {
      let output = known.outputs[0]!
      add(slice(of: gradient, from: 0, like: output), to: output)
      channel = network.known[output]!.shape[1]
      place = known.inputs.count
    }
    for index in place..<inputs.count {
      if isWanted[index] { add(slice(of: gradient, from: channel, like: inputs[index]), to: inputs[index]) }
      channel += network.known[inputs[index]]!.shape[1]
    }
  }

  /// The gradients of what a node has cut along the channels.
  private mutating func takeParts(of node: Node) {
    var (parts, channel): ([(MapID, Int)], Int) = ([], 0)
    for output in node.outputs.compactMap({ $0 }) {
      if let gradient = gradients[output] { parts.append((gradient, channel)) }
      if !wanted.contains(output) { gradients[output] = nil }
      channel += network.known[output]!.shape[1]
    }
    if !parts.isEmpty { join(parts, to: node.inputs[0]!) }
  }

  /// Puts gradients of some channels in their places: in one map where each channel has at most one.
  private mutating func join(_ parts: [(map: MapID, firstChannel: Int)], to input: ValueID) {
    let ranges = parts.map { $0.firstChannel..<$0.firstChannel + maps.entries[$0.map.index].layout.channels }
    let covered = Set(ranges.joined()).count
    guard ranges.reduce(0, { $0 + $1.count }) == covered else {
      for part in parts { join([part], to: input) }
      return
    }
    let whole = addMap(like: input)
    if covered < network.known[input]!.shape[1] { add(PhaseStep(phases: [], inputs: [], output: whole)) }
    for part in parts { add(CopyStep(input: part.map, output: whole, firstChannel: part.firstChannel)) }
    add(whole, to: input)
  }

  private mutating func slice(of gradient: MapID, from channel: Int, like value: ValueID) -> MapID {
    let map = addMap(like: value)
    if !maps.place(map, in: gradient, firstChannel: channel) {
      add(ChannelRangeStep(input: gradient, output: map, firstChannel: channel))
    }
    return map
  }

  private mutating func multiply(_ gradient: MapID, _ node: Node, _ isWanted: [Bool]) {
    let inputs = node.inputs.compactMap { $0 }
    let pixels = network.known[node.outputs[0]!]!.shape.count(of: 2..<4)
    for (input, other) in [(0, 1), (1, 0)] where isWanted[input] {
      let product = maps.add(maps.entries[gradient.index].layout)
      add(KeptProductStep(gradient: gradient, factor: keptMaps[inputs[other]]!, output: product))
      let shape = network.known[inputs[input]]!.shape
      guard shape[2] == 1, shape[3] == 1, pixels > 1 else {
        add(product, to: inputs[input])
        continue
      }
      let layout = RowLayout(shape)
      let (mean, sum) = (maps.add(layout), maps.add(layout))
      add(
        ChannelMeanStep(
          input: product, output: mean, partCount: layout.blocks, height: maps.entries[product.index].layout.height))
      let scale = ChannelScale(
        factors: [Float](repeating: Float(pixels), count: layout.channels),
        offsets: [Float](repeating: 0, count: layout.channels), bounds: .none)
      add(ChannelScaleStep(scale: scale, input: mean, output: sum))
      add(sum, to: inputs[input])
    }
  }
}

extension CompiledLayer.Kernel {
  fileprivate var takesResidual: Bool {
    switch self {
    case .direct, .winograd: true
    case .depthwise, .grouped, .other: false
    }
  }
}
