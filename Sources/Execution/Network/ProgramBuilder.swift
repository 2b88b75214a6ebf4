import GraphIR
import Kernels
import Operators
import Tensors

/// Puts the layers and nodes that some values need in order.
struct ProgramBuilder {
  let network: CompiledNetwork
  let wanted: [ValueID]

  /// Values whose maps are to be kept.
  private let kept: [ValueID]

  private(set) var maps = MapTable()
  private(set) var steps: [ProgramStep] = []
  private var mapByValue: [ValueID: MapID] = [:]

  /// The concatenations so far.
  private var concatenations: [(inputs: [MapID], output: MapID)] = []

  private var neededTensors: Set<ValueID> = []
  private var neededMaps: Set<ValueID> = []

  /// Whether the caller's images are needed as a tensor of the whole batch.
  var needsInputTensor: Bool { neededTensors.contains(network.input) }

  /// The layer that is made from masks rather than from images.
  private let maskedLayer: Int?

  /// The maps of these.
  var keptMaps: [ValueID: MapID] {
    Dictionary(
      kept.compactMap { value in mapByValue[value].map { (value, $0) } }, uniquingKeysWith: { first, _ in first })
  }

  init(_ network: CompiledNetwork, fetching wanted: [ValueID], keeping kept: [ValueID], maskedLayer: Int?) {
    self.network = network
    self.wanted = wanted
    self.kept = kept
    self.maskedLayer = maskedLayer
    findNeeds()
    emit()
  }

  // MARK: What is needed

  private mutating func findNeeds() {
    var open = wanted.map { (value: $0, asMap: false) } + kept.map { (value: $0, asMap: true) }
    let graph = network.session.graph
    while let (value, asMap) = open.popLast() {
      guard network.session.constants[value] == nil else { continue }
      guard asMap ? neededMaps.insert(value).inserted : neededTensors.insert(value).inserted else { continue }
      if asMap, network.layerByOutput[value] == nil, let layer = network.layerByArgument[value] {
        open.append((network.layers[layer].layer.output, true))
      } else if let layer = network.layerByOutput[value] {
        open += network.layers[layer].layer.allInputs.map { ($0, true) }
      } else if asMap {
        // The graph's input is made a map as it comes.
        if value != network.input { open.append((value, false)) }
      } else if let producer = graph.producers[value.index] {
        open += graph.nodes[producer].inputs.compactMap { $0 }.map { ($0, false) }
      }
    }
  }

  // MARK: Steps

  private mutating func emit() {
    let graph = network.session.graph
    if neededMaps.contains(network.input), maskedLayer == nil {
      let map = addMap(network.input, isPlanar: network.isInputPlanar)
      steps.append(needsInputTensor ? .load(network.input, map) : .fill(map))
    }
    let layersByLastNode = Dictionary(
      uniqueKeysWithValues: network.layers.enumerated().map { ($1.layer.nodes.last!, $0) })
    // A group of which an inner value is wanted runs node by node, to the same bits.
    let groups = network.pointwiseGroups.enumerated().filter { _, group in
      neededTensors.contains(group.output) && !group.innerValues.contains(where: wanted.contains)
    }
    let groupsByLastNode = Dictionary(uniqueKeysWithValues: groups.map { ($1.nodes.last!, $0) })
    let groupedNodes = Set(groups.flatMap { $1.nodes })
    for index in graph.nodes.indices {
      if let layer = layersByLastNode[index] { emit(layer: layer) }
      let outputs = graph.nodes[index].outputs.compactMap { $0 }
      let isPlain = outputs.contains { neededTensors.contains($0) && network.layerByOutput[$0] == nil }
      guard isPlain else { continue }
      if let group = groupsByLastNode[index] {
        steps.append(.pointwise(group))
      } else if groupedNodes.contains(index) {
        continue
      } else {
        steps.append(.node(index))
      }
      for output in outputs where neededMaps.contains(output) {
        steps.append(.load(output, addMap(output, isPlanar: false)))
      }
    }
  }

  private mutating func emit(layer index: Int) {
    let layer = network.layers[index].layer
    guard neededMaps.contains(layer.output) || neededTensors.contains(layer.output) else { return }
    let layerSteps =
      index == maskedLayer
      ? [MaskedStep(output: addMap(layer.output, isPlanar: false))] : makeActivatedSteps(network.layers[index])
    for step in layerSteps {
      for (input, margins) in zip(step.inputs, step.margins) { maps.require(margins, around: input) }
      steps.append(.maps(step, layer: index))
    }
    if neededTensors.contains(layer.output) { steps.append(.store(mapByValue[layer.output]!, layer.output)) }
  }

  private mutating func addMap(_ value: ValueID, isPlanar: Bool) -> MapID {
    let map = maps.add(
      RowLayout(network.known[value]!.shape, lanes: isPlanar ? 1 : InstructionSet.current.lanes))
    mapByValue[value] = map
    return map
  }

  /// The layer's steps, the last of them with its activation.
  private mutating func makeActivatedSteps(_ compiled: CompiledLayer) -> [any MapStep] {
    var steps = makeSteps(compiled)
    guard let activation = compiled.layer.activation, !(steps.last is ActivationStep) else { return steps }
    if let argument = compiled.layer.argument, kept.contains(argument) {
      let base = mapByValue[compiled.layer.output]!
      mapByValue[argument] = base
      let output = addMap(compiled.layer.output, isPlanar: false)
      steps.append(
        ActivationStep(
          MapActivation(activation), input: base, output: output, layout: maps.entries[output.index].layout))
    } else {
      steps[steps.count - 1] = ActivatedStep(base: steps.last!, activation: MapActivation(activation))
    }
    return steps
  }

  private mutating func makeSteps(_ compiled: CompiledLayer) -> [any MapStep] {
    let layer = compiled.layer
    let inputs = layer.inputs.map { mapByValue[$0]! }
    if case .identity = layer.kind {
      mapByValue[layer.output] = inputs[0]
      return []
    }
    let output = addMap(layer.output, isPlanar: false)
    let inputLayout = maps.entries[inputs[0].index].layout
    let layout = maps.entries[output.index].layout
    switch layer.kind {
    case .convolution(let convolution):
      return [
        compiled.kernel.step(
          rows: convolution.rows, columns: convolution.columns, input: inputs[0],
          residual: convolution.residual.map { mapByValue[$0]! }, output: output, in: maps)
      ]
    case .pooling(let form):
      return [
        PoolingStep(pooling: BlockedPooling(form), input: inputs[0], output: output, partCount: layout.blocks)
      ]
    case .globalAveragePool:
      return [
        ChannelMeanStep(
          input: inputs[0], output: output, partCount: layout.blocks, height: inputLayout.height)
      ]
    case .channelScale(let channels):
      let scale = ChannelScale(
        factors: channels.factors.map(Float.init), offsets: channels.offsets.map(Float.init), bounds: layer.bounds)
      return [ChannelScaleStep(scale: scale, input: inputs[0], output: output)]
    case .sum:
      return [SumStep(sum: MapSum(bounds: layer.bounds), inputs: inputs, output: output)]
    case .product:
      let pixel = maps.entries[inputs[1].index].layout
      return [
        ProductStep(inputs: inputs, output: output, isSecondPixel: pixel.height == 1 && pixel.width == 1)
      ]
    case .activation:
      return [
        ActivationStep(MapActivation(layer.activation!), input: inputs[0], output: output, layout: layout)
      ]
    case .localResponse(let normalization):
      return [LocalResponseStep(normalization: normalization, input: inputs[0], output: output)]
    case .channelConcatenation:
      return concatenation(of: inputs, to: output)
    case .channelRange(let channels):
      return [ChannelRangeStep(input: inputs[0], output: output, firstChannel: channels.lowerBound)]
    case .channelShuffle(let groups):
      return [ShuffleStep(input: inputs[0], output: output, groups: groups, partCount: layout.blocks)]
    case .identity:
      return []
    }
  }

  /// Inputs that can be made in place are; the others are copied.
  ///
  /// Where the first inputs have been concatenated before, as in densely connected networks, what that has made is
  /// one input.
  private mutating func concatenation(of inputs: [MapID], to output: MapID) -> [any MapStep] {
    let known = concatenations.filter { inputs.starts(with: $0.inputs) }.max { $0.inputs.count < $1.inputs.count }
    concatenations.append((inputs, output))
    let parts = known.map { [$0.output] + inputs.dropFirst($0.inputs.count) } ?? inputs
    var copies: [any MapStep] = []
    var channel = 0
    for input in parts {
      if !maps.place(input, in: output, firstChannel: channel) {
        copies.append(CopyStep(input: input, output: output, firstChannel: channel))
      }
      channel += maps.entries[input.index].layout.channels
    }
    return copies
  }
}

extension CompiledLayer.Kernel {
  /// A convolution's step.
  ///
  /// - Parameters:
  ///   - residual: what is added before clamping; depthwise convolutions and those in groups take none.
  ///   - maps: where input and output are.
  func step(
    rows: WindowAxis, columns: WindowAxis, input: MapID, residual: MapID?, output: MapID, in maps: MapTable
  ) -> any MapStep {
    let layout = maps.entries[output.index].layout
    switch self {
    case .direct(let direct):
      return ConvolutionStep(direct, rows: rows, columns: columns, input: input, residual: residual, output: output)
    case .winograd(let winograd):
      return WinogradStep(
        winograd, input: input, inputLayout: maps.entries[input.index].layout, residual: residual, output: output,
        layout: layout)
    case .depthwise(let depthwise):
      return DepthwiseStep(depthwise, rows: rows, columns: columns, input: input, output: output, layout: layout)
    case .grouped(let grouped):
      return GroupedConvolutionStep(grouped, rows: rows, columns: columns, input: input, output: output)
    case .other: preconditionFailure("a convolution has a kernel")
    }
  }
}

extension RowLayout {
  /// Of a value of shape 1×channels×height×width or 1×channels, without margins.
  init(_ shape: Shape, lanes: Int = InstructionSet.current.lanes) {
    self.init(
      channels: shape[1], height: shape.rank == 4 ? shape[2] : 1, width: shape.rank == 4 ? shape[3] : 1, lanes: lanes)
  }
}

extension BlockedPooling {
  init(_ form: LayerForm) {
    switch form {
    case .maxPool(let rows, let columns):
      self.init(.maximum, rows: rows.steps, columns: columns.steps)
    case .averagePool(let rows, let columns, let countsPadding):
      func factors(_ axis: WindowAxis) -> [Float] {
        (0..<axis.output).map { 1 / Float(countsPadding ? axis.paddedCount($0) : axis.inside($0).count) }
      }
      self.init(
        .average(rowFactors: factors(rows), columnFactors: factors(columns)), rows: rows.steps, columns: columns.steps)
    default: preconditionFailure("\(form) is no pooling")
    }
  }
}
