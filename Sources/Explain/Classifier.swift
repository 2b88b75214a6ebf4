public import Execution
public import GraphIR
public import Imaging
public import Kernels
public import Tensors

/// An image classifier that is ready to be asked: a network for a certain input shape, with its head and its layers.
public struct Classifier: Sendable {
  /// For one image at a time.
  public let network: CompiledNetwork

  public let input: ValueID

  /// The shape of one image as the network takes it, with a first extent of 1.
  public let inputShape: Shape

  public let layout: Preprocessing.Layout

  public let head: ClassifierHead

  /// The number of logits an image.
  public let classCount: Int

  /// The layers that can be hooked.
  public let layers: LayerTable

  private let passes: LogitPasses

  private let tails: TailCache

  /// Compiles the graph for images of one shape.
  ///
  /// - Parameters:
  ///   - inputShape: the shape of one image, with a first extent of 1.
  ///   - arithmetic: how convolutions may be computed.
  /// - Throws: `ExecutionError` where the graph does not run, `ExplainError` where it is no classifier of pictures.
  public init(
    session: Session, input: ValueID, inputShape: Shape, layout: Preprocessing.Layout,
    arithmetic: CompiledNetwork.Arithmetic = .fast
  ) throws {
    let graph = session.graph
    guard let output = graph.outputs.first else {
      throw ExplainError(.unsupported, "the model has no output")
    }
    let network = try CompiledNetwork(session, input: input, imageShape: inputShape, arithmetic: arithmetic)
    let shapes = network.shapes
    let head = ClassifierHead(of: graph, output: output, shape: { shapes[$0] })
    // One score a class: all extents but one are 1.
    guard let logitsShape = shapes[head.logits], logitsShape.rank >= 2, logitsShape[0] == 1, logitsShape.count > 0,
      logitsShape.count == logitsShape.dimensions.max()
    else {
      let found = shapes[head.logits].map { "has shape \($0)" } ?? "is not a float tensor"
      throw ExplainError(
        .unsupported, "output '\(graph.name(of: output))' \(found); a classifier's is 1×classes")
    }
    self.network = network
    self.input = input
    self.inputShape = inputShape
    self.layout = layout
    self.head = head
    classCount = logitsShape.count
    layers = LayerTable(graph: graph, shapes: shapes)
    passes = LogitPasses(network, logits: head.logits)
    tails = TailCache(network, logits: head.logits)
  }

  /// Whether several images can run at a time, and why or why not.
  ///
  /// Complexity: a few forward passes on noise at the first use.
  ///
  /// - Throws: `ExecutionError` where the graph does not run.
  public var batchSupport: BatchSupport {
    get throws { try passes.batches().support }
  }

  /// The threads that passes use.
  public var pool: ThreadPool { network.session.pool }

  /// The extents of the input's picture.
  public var height: Int { layout == .nchw ? inputShape[2] : inputShape[1] }
  public var width: Int { layout == .nchw ? inputShape[3] : inputShape[2] }
  public var channelCount: Int { layout == .nchw ? inputShape[1] : inputShape[3] }

  /// The logits of images, one row after the other.
  ///
  /// - Parameters:
  ///   - count: how many images.
  ///   - imagesPerThread: how many images a thread takes at a time at most.
  ///   - profile: takes the time of each step.
  ///   - progress: called with the images done, from any thread, one call at a time.
  ///   - fill: writes image `index`, as many elements as `inputShape` has; called from any thread.
  /// - Returns: `count` × `classCount` logits. They do not depend on what runs at the same time.
  /// - Throws: `ExecutionError`, and `ExplainError` where a logit is not a finite number.
  public func logits(
    images count: Int, imagesPerThread: Int = .max, profile: ProgramProfile? = nil,
    progress: (@Sendable (_ done: Int) -> Void)? = nil,
    fill: @escaping @Sendable (_ index: Int, _ image: UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws -> [Float] {
    try passes.run(
      images: count, imagesPerThread: imagesPerThread, profile: profile, progress: progress, fill: fill)
  }

  /// What an image's masks share, where the network begins in a way that lets them.
  func maskBasis(of image: Tensor, rows: GridWeights, columns: GridWeights) throws -> MaskBasis? {
    try passes.batches().program.maskBasis(of: image, rows: rows, columns: columns)
  }

  /// The program for masked images whose basis `maskBasis` gives.
  func maskedProgram() throws -> Program { try passes.batches().program.masked() }

  /// The logits of masked images, one row after the other.
  func logits(
    of masked: MaskedImages, _ program: Program, imagesPerThread: Int, profile: ProgramProfile?,
    progress: (@Sendable (_ done: Int) -> Void)?
  ) throws -> [Float] {
    let results = try program.run(
      masked, imagesPerThread: batchSupport.isBatched ? imagesPerThread : 1, profile: profile, progress: progress)
    return try LogitPasses.finite(results[head.logits]!)
  }

  /// The logits of each image of a batch, one row after the other.
  ///
  /// - Parameter images: N images, of shape N×(the rest of `inputShape`).
  public func logits(of images: Tensor) throws -> [Float] { try passes.run(images) }

  /// What runs several images.
  func passesProgram() throws -> Program { try passes.batches().program }

  /// The layers behind a hooked one, ready to run from its activation.
  ///
  /// Complexity: packs their weights, at a layer's first use where nothing leads around it; else a forward pass besides,
  /// each time.
  func tail(behind layer: HookableLayer, image: Tensor) throws -> ClassifierTail {
    try tails.tail(behind: layer.value, image: image)
  }

  /// The logits of one image, and what a layer makes of it.
  public func activation(of layer: HookableLayer, image: Tensor) throws -> (activation: Tensor, logits: [Float]) {
    let results = try network.program(fetching: [head.logits, layer.value]).run(image)
    let activation = results[layer.value]!
    guard activation.elementType == .float32 else {
      throw ExplainError(.unsupported, "layer \(layer.label) is of \(activation.elementType), not float32")
    }
    guard activation.withElements(of: Float.self, { $0.allSatisfy(\.isFinite) }) else {
      throw ExplainError(.mismatched, "layer \(layer.label) has values that are not finite for this picture")
    }
    return (activation, try LogitPasses.finite(results[head.logits]!))
  }
}
