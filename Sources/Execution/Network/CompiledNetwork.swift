public import GraphIR
import Kernels
import Operators
public import Tensors

/// A graph lowered for images of one shape: convolutions fused with what follows them, on feature maps in a layout that
/// suits the vector units; everything else runs in its plain form.
///
/// Immutable; may be shared and run from several threads at once. The same inputs give the same bits for any number of
/// threads, any batch and any set of fetched values; they differ from `Session.run`'s by rounding.
public final class CompiledNetwork: Sendable {
  /// How convolutions may be computed.
  public enum Arithmetic: String, Sendable, CaseIterable {
    /// By Winograd's method where that is faster: errors of up to 2e-5 of a layer's largest value.
    case fast
    /// As plain sums of products: errors of about 2e-6.
    case precise
  }

  public let session: Session

  /// The graph's input for images.
  public let input: ValueID

  /// The shape of one image, with a first extent of 1.
  public let imageShape: Shape

  public let arithmetic: Arithmetic

  let known: KnownValues
  let layers: [CompiledLayer]

  /// The layer that makes a value.
  let layerByOutput: [ValueID: Int]

  /// The layer within which an activation is applied to a value.
  let layerByArgument: [ValueID: Int]

  /// The layer that a node is part of.
  let layerByNode: [Int: Int]

  /// The plain nodes that run in one pass over memory.
  let pointwiseGroups: [PointwiseGroup]

  /// Whether images are read in the row-major layout in which they are given.
  let isInputPlanar: Bool

  /// Finds the layers and packs their weights.
  ///
  /// - Parameter imageShape: float32, with a first extent of 1.
  /// - Throws: where the shapes inside of the graph cannot be found out before it runs.
  public init(
    _ session: Session, input: ValueID, imageShape: Shape, arithmetic: Arithmetic = .fast
  ) throws {
    self.session = session
    self.input = input
    self.imageShape = imageShape
    self.arithmetic = arithmetic
    let graph = session.graph
    known = try KnownValues(session, input: input, imageShape: imageShape, wanted: graph.outputs)
    let fused = graph.withoutPlainIslands(graph.fusedLayers(known), known)
    let readers = fused.filter { $0.allInputs.contains(input) }
    let isPlanar =
      imageShape.rank == 4 && imageShape[1] <= 4
      && readers.allSatisfy { layer in
        guard case .convolution(let convolution) = layer.kind else { return false }
        return convolution.groups == 1 && convolution.residual != input
      }
    isInputPlanar = isPlanar
    layers = fused.map { layer in
      CompiledLayer(
        layer, isPlanar: isPlanar && layer.inputs.contains(input), arithmetic: arithmetic, pool: session.pool)
    }
    layerByOutput = Dictionary(uniqueKeysWithValues: fused.enumerated().map { ($1.output, $0) })
    layerByArgument = Dictionary(
      fused.enumerated().compactMap { index, layer in
        layer.argument.flatMap { layer.inputs.contains($0) ? nil : ($0, index) }
      },
      uniquingKeysWith: { first, _ in first })
    let layerByNode = Dictionary(
      uniqueKeysWithValues: fused.enumerated().flatMap { index, layer in layer.nodes.map { ($0, index) } })
    self.layerByNode = layerByNode
    pointwiseGroups = graph.pointwiseGroups(known) { layerByNode[$0] == nil }
  }

  /// The same layers for a session whose graph differs in constants of nodes that are no layers.
  init(_ session: Session, layersOf other: CompiledNetwork) {
    self.session = session
    input = other.input
    imageShape = other.imageShape
    arithmetic = other.arithmetic
    known = other.known
    layers = other.layers
    layerByOutput = other.layerByOutput
    layerByArgument = other.layerByArgument
    layerByNode = other.layerByNode
    pointwiseGroups = other.pointwiseGroups
    isInputPlanar = other.isInputPlanar
  }

  /// Makes what pays where many images run: four times the memory of the weights of 3×3 convolutions.
  func prepareForBatches() {
    for layer in layers {
      if case .winograd(let winograd) = layer.kernel { winograd.keepTransformedFilters(pool: session.pool) }
    }
  }

  /// The shape of every float32 value that the graph's outputs depend on, for one image.
  public var shapes: [ValueID: Shape] {
    var shapes: [ValueID: Shape] = [:]
    for index in session.graph.values.indices {
      let value = ValueID(index)
      if let known = known[value], known.elementType == .float32 { shapes[value] = known.shape }
    }
    return shapes
  }
}

/// A layer with its weights packed.
struct CompiledLayer: Sendable {
  enum Kernel: Sendable {
    case direct(DirectConvolution)
    case winograd(any WinogradMethod)
    case depthwise(BlockedDepthwiseConvolution)
    case grouped(GroupedConvolution)
    case other
  }

  let layer: Layer
  let kernel: Kernel

  init(_ layer: Layer, isPlanar: Bool, arithmetic: CompiledNetwork.Arithmetic, pool: ThreadPool) {
    self.layer = layer
    guard case .convolution(let convolution) = layer.kind else {
      kernel = .other
      return
    }
    kernel = Kernel(convolution, bounds: layer.bounds, isPlanar: isPlanar, arithmetic: arithmetic, pool: pool)
  }
}

extension CompiledLayer.Kernel {
  /// - Parameter isPlanar: whether the convolution's input is row-major.
  init(
    _ convolution: Layer.Convolution, bounds: ClampBounds, isPlanar: Bool, arithmetic: CompiledNetwork.Arithmetic,
    pool: ThreadPool
  ) {
    let (factors, bias) = (convolution.scale?.factors, convolution.foldedBias)
    let (rows, columns) = (convolution.rows, convolution.columns)
    let inputChannels = convolution.weights.shape[1]
    self = convolution.weights.withElementsOnce(of: Float.self) { weights in
      if convolution.groups > 1, convolution.groups < convolution.outputChannels || inputChannels > 1 {
        return .grouped(
          GroupedConvolution(
            weights: weights.baseAddress!, factors: factors, bias: bias, groups: convolution.groups,
            inputChannels: convolution.groups * inputChannels, rows: rows.steps, columns: columns.steps,
            bounds: bounds, pool: pool))
      }
      if convolution.groups > 1 {
        return .depthwise(
          BlockedDepthwiseConvolution(
            weights: weights.baseAddress!, factors: factors, bias: bias, rows: rows.steps, columns: columns.steps,
            bounds: bounds))
      }
      if arithmetic == .fast, !isPlanar, convolution.suitsWinograd {
        return .winograd(
          WinogradConvolution(
            weights: weights.baseAddress!, factors: factors, bias: bias, inputChannels: inputChannels,
            padTop: rows.begin, padLeft: columns.begin, bounds: bounds, pool: pool))
      }
      if arithmetic == .fast, !isPlanar, convolution.suitsStridedWinograd {
        return .winograd(
          StridedWinogradConvolution(
            weights: weights.baseAddress!, factors: factors, bias: bias, inputChannels: inputChannels,
            padTop: rows.begin, padLeft: columns.begin, bounds: bounds, pool: pool))
      }
      return .direct(
        DirectConvolution(
          weights: weights.baseAddress!, factors: factors, bias: bias, inputChannels: inputChannels, rows: rows.steps,
          columns: columns.steps, bounds: bounds, isPlanar: isPlanar, pool: pool))
    }
  }
}

extension Layer.Convolution {
  /// Whether Winograd's method applies and its transforms are paid back.
  fileprivate var suitsWinograd: Bool {
    suits(WinogradConvolution.self, leastChannels: 16)
  }

  /// The same with stride 2, where there is less to gain.
  fileprivate var suitsStridedWinograd: Bool {
    suits(StridedWinogradConvolution.self, leastChannels: 64)
  }

  private func suits(_ method: (some WinogradMethod).Type, leastChannels: Int) -> Bool {
    let axes = [rows, columns]
    let products = axes.reduce(1) { $0 * method.products(along: $1.output) }
    return axes.allSatisfy { $0.kernel == 3 && $0.stride == method.stride && $0.dilation == 1 }
      && min(weights.shape[1], outputChannels) >= leastChannels
      && products * 10 <= rows.output * columns.output * 9 * 7
  }
}
