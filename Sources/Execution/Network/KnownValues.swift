import GraphIR
import Operators
import Tensors

/// The shape, type and, where it never changes, the value of everything in a graph, for one input image.
struct KnownValues {
  private(set) var values: [KnownInput?]

  /// What each node does to feature maps; nil where it is none of the forms.
  private(set) var forms: [LayerForm?]

  /// What each node does to each element; nil where it is none of the forms.
  let pointwiseForms: [PointwiseForm?]

  /// Learns shapes node by node: from the form where a node has one, else by running it on zeros.
  ///
  /// Complexity: a run of the nodes that have no form.
  ///
  /// - Throws: where a node cannot run on zeros, or these take more memory than the session allows, or
  ///   an image more than the machine has.
  init(
    _ session: Session, input: ValueID, imageShape: Shape, wanted: [ValueID]
  ) throws {
    let graph = session.graph
    let machineMemory = TensorAllocator().limit
    guard imageShape.count <= machineMemory / MemoryLayout<Float>.size else {
      throw ExecutionError(
        .resourceLimit, "an image of shape \(imageShape) takes more than the machine's \(machineMemory) bytes")
    }
    values = [KnownInput?](repeating: nil, count: graph.values.count)
    forms = [LayerForm?](repeating: nil, count: graph.nodes.count)
    pointwiseForms = session.operators.map(\.pointwiseForm)
    for (value, tensor) in session.constants {
      values[value.index] = KnownInput(shape: tensor.shape, elementType: tensor.elementType, constant: tensor)
    }
    values[input.index] = KnownInput(shape: imageShape, elementType: .float32, constant: nil)
    let context = session.makeContext()
    // What nodes without a form have made of zeros: shapes computed from shapes are among them.
    var samples: [ValueID: RuntimeValue] = [:]
    var extents = ExtentArithmetic()
    for step in session.plan(fetching: wanted).steps {
      let node = graph.nodes[step.node]
      let inputs = node.inputs.map { $0.flatMap { values[$0.index] } }
      if let form = session.operators[step.node].layerForm(of: inputs), let shape = try form.outputShape(of: inputs),
        node.outputs.count(where: { $0 != nil }) == 1, let output = node.outputs[0]
      {
        forms[step.node] = form
        values[output.index] = KnownInput(shape: shape, elementType: .float32, constant: nil)
        continue
      }
      var zeros: [ValueID: Tensor] = [:]
      for case let value? in node.inputs where samples[value] == nil {
        guard let known = values[value.index], known.constant == nil else { continue }
        zeros[value] = try Tensor(known.shape, of: Float.self, allocator: context.allocator) { $0.update(repeating: 0) }
      }
      let operation = try session.preparedOperator(step.node)
      let outputs = try Session.evaluate(node, operation, in: graph, context: context) { value in
        samples[value] ?? (zeros[value] ?? values[value.index]?.constant).map { .tensor($0) }
      }
      let isConstant = extents.learn(
        node, operation, outputs: outputs, in: session, inputs: inputs, context: context)
      for case (let value?, let made) in zip(node.outputs, outputs) {
        values[value.index] = made.tensor.map {
          KnownInput(shape: $0.shape, elementType: $0.elementType, constant: isConstant ? $0 : nil)
        }
        samples[value] = made
      }
      for value in step.lastUses { samples[value] = nil }
    }
  }

  subscript(value: ValueID) -> KnownInput? { value.index < values.count ? values[value.index] : nil }
}

extension LayerForm {
  /// The shape of what the form makes of feature maps.
  func outputShape(of inputs: [KnownInput?]) throws -> Shape? {
    guard let shape = inputs.first??.shape else { return nil }
    switch self {
    case .convolution(let rows, let columns, _):
      guard let weights = inputs[1]?.shape else { return nil }
      return try Shape([shape[0], weights[0], rows.output, columns.output])
    case .maxPool(let rows, let columns), .averagePool(let rows, let columns, _):
      return try Shape([shape[0], shape[1], rows.output, columns.output])
    case .globalAveragePool(let keepsAxes):
      return try Shape([shape[0], shape[1]] + (keepsAxes ? [1, 1] : []))
    case .clamp, .sum, .activation, .localResponse, .identity:
      return shape
    case .product:
      guard let other = inputs[1]?.shape else { return nil }
      return shape.count < other.count ? other : shape
    case .channelScale:
      return inputs.compactMap { $0 }.first { $0.constant == nil }?.shape
    case .channelRange(let channels):
      return try Shape([shape[0], channels.count, shape[2], shape[3]])
    case .channelConcatenation:
      return try Shape([shape[0], inputs.reduce(0) { $0 + ($1?.shape[1] ?? 0) }, shape[2], shape[3]])
    }
  }
}
