import OnnxLens

/// A model run in every way that there is, on inputs of ones and with little memory.
struct GraphRun {
  private let graph: Graph
  private let session: Session

  private static let pool = ThreadPool(threadCount: 1)

  /// The most bytes for the tensors of a run.
  private static let memoryLimit = 1 << 24

  /// The most rounds of loops in a run.
  private static let iterationLimit = 200

  /// The most elements of an input, and the most nodes: a run of more takes long without trying anything else.
  private static let largestInput = 1 << 12
  private static let largestGraph = 200

  init(_ bytes: [UInt8], limits: Limits) throws {
    graph = try ModelReader.read(bytes: bytes, limits: limits).graph
    session = try Session(
      graph: graph, pool: Self.pool, memoryLimit: Self.memoryLimit, iterationLimit: Self.iterationLimit)
  }

  func run() throws {
    guard graph.nodes.count <= Self.largestGraph, let inputs = inputs() else { return }
    _ = try? session.run(inputs)
    guard let input = try? ImageInput(of: graph), let tensor = inputs[input.value], tensor.shape.rank == 4,
      tensor.shape[0] == 1, tensor.elementType == .float32
    else { return }
    let classifier = try Classifier(
      session: session, input: input.value, inputShape: tensor.shape, layout: input.layout)
    _ = try classifier.logits(of: tensor)
  }

  /// Ones of the declared types and extents, open extents as 1; nil where they are not declared or too many.
  private func inputs() -> [ValueID: Tensor]? {
    var inputs: [ValueID: Tensor] = [:]
    for value in graph.inputs {
      guard let declared = graph.values[value.index].declared, let type = declared.elementType,
        let dimensions = declared.dimensions, let shape = try? Shape(dimensions.map { $0.fixedExtent ?? 1 }),
        shape.count <= Self.largestInput
      else { return nil }
      inputs[value] = ones(shape, type)
    }
    return inputs
  }

  private func ones(_ shape: Shape, _ type: ElementType) -> Tensor? {
    func ones<Element: TensorElement>(_ one: Element) -> Tensor {
      Tensor(shape, [Element](repeating: one, count: shape.count))
    }
    return switch type {
    case .float32: ones(1 as Float)
    case .float64: ones(1 as Double)
    case .float16: ones(1 as Float16)
    case .bfloat16: ones(BFloat16(1))
    case .uint8: ones(1 as UInt8)
    case .int8: ones(1 as Int8)
    case .uint16: ones(1 as UInt16)
    case .int16: ones(1 as Int16)
    case .uint32: ones(1 as UInt32)
    case .int32: ones(1 as Int32)
    case .uint64: ones(1 as UInt64)
    case .int64: ones(1 as Int64)
    case .bool: ones(true)
    case .string: Tensor(shape, strings: [String](repeating: "1", count: shape.count))
    default: NarrowFormat(type).map { ones($0.code(for: 1)).bitCast(to: type) }
    }
  }
}
