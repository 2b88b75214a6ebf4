public import GraphIR
import Operators
public import Tensors

/// A forward pass of which enough is kept to run gradients back through it, as often as is wanted: once for each class,
/// say.
///
/// Gradients are the same bits for any number of threads.
public struct GradientTape: Sendable {
  public let plan: GradientPlan

  /// What the rules read, with the elements where they need them.
  let values: [ValueID: GradientCall.Value]

  private let allocator: TensorAllocator

  /// What was fetched along with it.
  public let fetched: [ValueID: Tensor]

  /// What runs gradients back on feature maps; nil for a pass node by node.
  private let compiled: CompiledTape?

  init(
    _ plan: GradientPlan, values: [ValueID: GradientCall.Value], fetched: [ValueID: Tensor], allocator: TensorAllocator,
    compiled: CompiledTape? = nil
  ) {
    self.plan = plan
    self.values = values
    self.fetched = fetched
    self.allocator = allocator
    self.compiled = compiled
  }

  /// The value of which an element is differentiated.
  public var score: Tensor {
    // Kept by every tape.
    plan.session.constants[plan.score] ?? values[plan.score]!.tensor!
  }

  /// The bytes of what is kept of the forward pass, weights and other constants apart.
  public var keptBytes: Int {
    values.values.reduce(compiled?.keptBytes ?? 0) { sum, value in
      value.tensor.map { sum + $0.count * $0.elementType.byteCount } ?? sum
    }
  }

  /// The gradients of Σ seed · score.
  ///
  /// - Parameter seed: of the score's shape, float32 or float64: 1 where the element is to be differentiated, else 0. In
  ///   a batch, one for each image: images do not depend on each other, so that each gets its own gradient.
  /// - Returns: for each of the plan's wanted values a tensor of its shape; float64 where the value is, else float32.
  /// - Throws: `ExecutionError` that names the node; a resource limit where kept values and gradients together take more
  ///   memory than the session allows.
  public func gradients(seed: Tensor) throws(ExecutionError) -> [ValueID: Tensor] {
    let (session, graph) = (plan.session, plan.session.graph)
    guard seed.shape == score.shape, score.elementType.isFloatingPoint else {
      throw ExecutionError(
        .mismatched,
        "a seed of shape \(seed.shape) for '\(graph.name(of: plan.score))', which is of \(score.elementType) and shape "
          + "\(score.shape)")
    }
    let context = session.makeContext(allocator: allocator)
    let wanted = Set(plan.wanted)
    var gradients: [ValueID: Tensor] = [:]
    do { gradients[plan.score] = try seed.asGradient(of: score.elementType, context) } catch {
      throw ExecutionError(.mismatched, "\(error)")
    }
    var isDone = 0
    for (index, step) in plan.steps.enumerated() where index >= isDone {
      if let stretch = compiled?.program.stretches[index] {
        try run(stretch, &gradients)
        isDone = stretch.steps.upperBound
        continue
      }
      let node = graph.nodes[step.node]
      let received = node.outputs.map { $0.flatMap { gradients[$0] } }
      for case let output? in node.outputs where !wanted.contains(output) { gradients[output] = nil }
      guard received.contains(where: { $0 != nil }) else { continue }
      do {
        for (place, gradient) in try run(step, received, context).enumerated() {
          guard let gradient, let input = node.inputs[place] else { continue }
          gradients[input] = try gradients[input]?.accumulated(with: gradient, context) ?? gradient
        }
      } catch {
        throw ExecutionError(error, node: node, in: graph)
      }
    }
    var result: [ValueID: Tensor] = [:]
    for value in plan.wanted {
      if let gradient = gradients[value] { result[value] = gradient } else { result[value] = try zeros(like: value) }
    }
    return result
  }

  /// The rules of a stretch, on feature maps.
  private func run(_ stretch: MapGradient, _ gradients: inout [ValueID: Tensor]) throws(ExecutionError) {
    guard let compiled, stretch.incoming.contains(where: { gradients[$0] != nil }) else { return }
    var given: [ValueID: Tensor] = [:]
    for value in stretch.incoming {
      if let gradient = gradients.removeValue(forKey: value) {
        given[value] = gradient
      } else {
        given[value] = try zeros(like: value)
      }
    }
    do {
      gradients.merge(try stretch.run(given, compiled.maps)) { $1 }
    } catch let error as ExecutionError {
      throw error
    } catch {
      throw ExecutionError(.resourceLimit, "\(error)")
    }
  }

  /// One node's rule.
  private func run(_ step: GradientPlan.Step, _ received: [Tensor?], _ context: EvaluationContext) throws -> [Tensor?] {
    let (session, node) = (plan.session, plan.session.graph.nodes[step.node])
    var received = received
    if plan.options.rectification == .guided, node.operatorName == "Relu", node.domain.isEmpty {
      received = try received.map { try $0?.positivePart(context) }
    }
    let call = GradientCall(
      inputs: node.inputs.map { $0.flatMap(value) }, outputs: node.outputs.map { $0.flatMap(value) },
      gradients: received, wanted: step.wanted, context: context)
    if let gradients = try plan.convolutions.gradients(of: step.node, call) { return gradients }
    guard let operation = session.operators[step.node] as? any DifferentiableOperator else {
      throw OperatorError.unsupported("no gradient passes it")
    }
    let gradients = try operation.vectorJacobianProduct(call)
    for (place, gradient) in gradients.enumerated() where step.wanted[place] {
      guard let gradient, gradient.shape == call.inputs[place]?.shape else {
        throw OperatorError.mismatched("the gradient of input \(place) has shape \(gradient?.shape.description ?? "-")")
      }
    }
    return gradients.enumerated().map { step.wanted[$0] ? $1 : nil }
  }

  private func value(_ id: ValueID) -> GradientCall.Value? {
    plan.session.constants[id].map { GradientCall.Value($0) } ?? values[id]
  }

  /// What a value gets that no gradient has reached.
  private func zeros(like value: ValueID) throws(ExecutionError) -> Tensor {
    guard let known = self.value(value) else {
      throw ExecutionError(.mismatched, "'\(plan.session.graph.name(of: value))' is not part of the forward pass")
    }
    do {
      let type: ElementType = known.elementType == .float64 ? .float64 : .float32
      return try Tensor(known.shape, type, allocator: allocator) { $0.initializeMemory(as: UInt8.self, repeating: 0) }
    } catch {
      throw ExecutionError(.resourceLimit, "\(error)")
    }
  }
}

extension GradientTape {
  /// A seed that picks one element of each image's score.
  ///
  /// - Parameter index: along the score's axes behind the first, or along all of them, which picks a single one.
  /// - Throws: `ExecutionError` where the score has no such element.
  public func seed(_ index: [Int]) throws(ExecutionError) -> Tensor {
    let shape = score.shape
    let isWhole = index.count == shape.rank
    let extents = Array(isWhole ? shape.dimensions : Array(shape.dimensions.dropFirst()))
    guard index.count == extents.count, zip(index, extents).allSatisfy({ $0 >= 0 && $0 < $1 }) else {
      throw ExecutionError(
        .mismatched,
        "'\(plan.session.graph.name(of: plan.score))' has shape \(shape) and no element "
          + "[\(index.map(String.init).joined(separator: ","))]; give an index along each axis, or along each behind "
          + "the first")
    }
    let place = zip(index, extents).reduce(0) { $0 * $1.1 + $1.0 }
    var elements = [Float](repeating: 0, count: shape.count)
    let stride = extents.reduce(1, *)
    for first in Swift.stride(from: 0, to: shape.count, by: stride) { elements[first + place] = 1 }
    return Tensor(shape, elements)
  }
}
