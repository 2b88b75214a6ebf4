import GraphIR
import Kernels
public import Tensors

/// What a step of a program is, for people.
public struct StepDescription: Sendable {
  public enum Kernel: String, Sendable, CaseIterable {
    /// A convolution as plain sums of products.
    case direct
    /// A convolution by Winograd's method.
    case winograd
    /// A convolution of each channel by itself.
    case depthwise
    /// A convolution in groups of channels, as plain sums of products.
    case grouped
    case pooling
    /// The mean of each channel.
    case mean
    /// A scale and an offset for each channel, or clamping.
    case scale
    case sum
    /// The product of two feature maps.
    case product
    /// A function of each element.
    case activation
    /// Local response normalization.
    case localResponse = "response"
    /// An input of a concatenation that could not be made in its place.
    case copy
    /// Channels in another order.
    case shuffle
    /// The caller's image becomes a feature map.
    case fill
    /// A tensor becomes a feature map.
    case load
    /// A feature map becomes a tensor.
    case store
    /// Nodes that work on each element by itself, in one pass over row-major tensors.
    case pointwise
    /// A node in its plain form.
    case plain
  }

  public let kernel: Kernel

  /// The nodes that run as one, in order; none where data are moved only.
  public let nodes: [String]

  /// Their operators.
  public let operators: [String]

  /// The shapes of the first input and of the output for one image; nil where they are not float32 tensors.
  public let inputShape: Shape?
  public let outputShape: Shape?

  /// The multiply-adds for one image, those of a convolution counted as plain sums of products.
  public let multiplyAdds: Int

  package init(
    kernel: Kernel, nodes: [String], operators: [String], inputShape: Shape?, outputShape: Shape?, multiplyAdds: Int
  ) {
    self.kernel = kernel
    self.nodes = nodes
    self.operators = operators
    self.inputShape = inputShape
    self.outputShape = outputShape
    self.multiplyAdds = multiplyAdds
  }
}

extension Program {
  /// What each step is, in the order in which they run.
  public var stepDescriptions: [StepDescription] { segments.flatMap(\.steps).map(describe) }

  private func describe(_ step: ProgramStep) -> StepDescription {
    let kernel: StepDescription.Kernel
    var nodes: [Int] = []
    var shapes = (input: Shape?.none, output: Shape?.none)
    switch step {
    case .fill(let map):
      kernel = .fill
      shapes = (nil, shape(of: map))
    case .load(_, let map):
      kernel = .load
      shapes = (shape(of: map), shape(of: map))
    case .store(let map, _):
      kernel = .store
      shapes = (shape(of: map), shape(of: map))
    case .maps(let mapStep, let layer):
      kernel = network.layers[layer].describedKernel
      nodes = network.layers[layer].layer.nodes
      shapes = (mapStep.inputs.first.flatMap { shape(of: $0) }, shape(of: mapStep.output))
    case .node(let index):
      kernel = .plain
      nodes = [index]
      let node = network.session.graph.nodes[index]
      shapes = (node.inputs.first.flatMap(floatShape), node.outputs.first.flatMap(floatShape))
    case .pointwise(let index):
      let group = network.pointwiseGroups[index]
      kernel = .pointwise
      nodes = group.nodes
      shapes = (group.inputs.first.flatMap(floatShape), floatShape(group.output))
    }
    let graph = network.session.graph
    return StepDescription(
      kernel: kernel, nodes: nodes.map { graph.label(of: graph.nodes[$0]) },
      operators: nodes.map { graph.nodes[$0].operatorName }, inputShape: shapes.input, outputShape: shapes.output,
      multiplyAdds: nodes.reduce(0) { $0.addingReportingOverflow(multiplyAdds(of: $1)).partialValue })
  }

  private func shape(of map: MapID) -> Shape? {
    let layout = maps[map.index].layout
    return try? Shape([1, layout.channels, layout.height, layout.width])
  }

  private func floatShape(_ value: ValueID?) -> Shape? {
    guard let known = value.flatMap({ network.known[$0] }), known.elementType == .float32 else { return nil }
    return known.shape
  }

  private func multiplyAdds(of index: Int) -> Int {
    let node = network.session.graph.nodes[index]
    let outputs = node.outputs.compactMap { $0.flatMap { network.known[$0]?.shape } }
    guard outputs.count == node.outputs.count else { return 0 }
    return network.session.operators[index].multiplyAccumulates(
      inputs: node.inputs.map { $0.flatMap { network.known[$0]?.shape } }, outputs: outputs)
  }
}

extension CompiledLayer {
  fileprivate var describedKernel: StepDescription.Kernel {
    switch kernel {
    case .direct: return .direct
    case .winograd: return .winograd
    case .depthwise: return .depthwise
    case .grouped: return .grouped
    case .other: break
    }
    switch layer.kind {
    case .pooling: return .pooling
    case .globalAveragePool: return .mean
    case .channelScale: return .scale
    case .sum: return .sum
    case .product: return .product
    case .activation: return .activation
    case .localResponse: return .localResponse
    case .channelConcatenation, .channelRange: return .copy
    case .channelShuffle: return .shuffle
    case .convolution, .identity: preconditionFailure("a convolution has a kernel, an identity no step")
    }
  }
}
