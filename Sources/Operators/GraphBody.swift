public import GraphIR
public import Tensors

/// Makes a graph in an attribute ready to run.
public typealias GraphBodyMaker = @Sendable (Graph) throws(OperatorError) -> any GraphBody

/// A graph in a node's attribute, ready to run.
public protocol GraphBody: Sendable {
  var graph: Graph { get }

  /// - Parameters:
  ///   - inputs: as many as the graph has.
  ///   - outer: what the graph takes from outside, as many as its `outerValues`.
  /// - Returns: the graph's outputs.
  func run(
    _ inputs: [RuntimeValue], outer: [RuntimeValue], _ context: EvaluationContext
  ) throws -> [RuntimeValue]

  /// The same graph, of whose operators those that read only what never changes may do their part of the work once.
  ///
  /// - Parameter outer: as for `run`, which gets all of it again; nil for what may change.
  func prepared(outer: [Tensor?]) -> any GraphBody
}

/// A graph of an operator, and where among the values of a call those stand that it takes from outside.
struct NodeBody: Sendable {
  /// The attribute's name.
  let name: String

  private let body: any GraphBody
  private let outerPlaces: [Int]

  init(name: String, body: any GraphBody, outerPlaces: [Int]) {
    self.name = name
    self.body = body
    self.outerPlaces = outerPlaces
  }

  var inputCount: Int { body.graph.inputs.count }
  var outputCount: Int { body.graph.outputs.count }

  /// The declared element type of an output; nil where it declares none.
  func elementType(ofOutput index: Int) -> ElementType? { declared(index)?.elementType }

  /// - Parameter values: those of the operator's call.
  func run(
    _ inputs: [RuntimeValue], values: ValueInputs, _ context: EvaluationContext
  ) throws -> [RuntimeValue] {
    try body.run(inputs, outer: outerPlaces.map { try values.required($0, "outer value") }, context)
  }

  /// The same for an operator of whose inputs some never change; see `Operator.prepared`.
  func prepared(constants: [Tensor?]) -> NodeBody {
    let outer = outerPlaces.map { constants.indices.contains($0) ? constants[$0] : nil }
    return outer.contains { $0 != nil }
      ? NodeBody(name: name, body: body.prepared(outer: outer), outerPlaces: outerPlaces) : self
  }

  /// A tensor of no elements, for the results of an output over no rounds: `axis` is the axis of the rounds. Extents that
  /// are not declared are 0.
  ///
  /// - Throws: `mismatched` where not even the type is declared.
  func noResults(ofOutput index: Int, axis: Int, _ context: EvaluationContext) throws -> Tensor {
    guard let type = elementType(ofOutput: index) else {
      throw OperatorError.mismatched(
        "output \(index) of \(name) has no round to learn its type from, and declares none")
    }
    var extents = declared(index)?.dimensions?.map { $0.fixedExtent ?? 0 } ?? []
    guard axis >= -extents.count - 1, axis <= extents.count else {
      throw OperatorError.mismatched("axis \(axis) is outside of the \(extents.count + 1) axes of output \(index)")
    }
    extents.insert(0, at: axis < 0 ? axis + extents.count + 1 : axis)
    let shape = try Shape(extents)
    return type == .string
      ? Tensor(shape, strings: []) : try Tensor(shape, type, allocator: context.allocator) { _ in }
  }

  private func declared(_ index: Int) -> DeclaredType? { body.graph.values[body.graph.outputs[index].index].declared }
}

extension NodeDescription {
  /// How many inputs the operator itself has.
  var inputCount: Int { presentInputs.count }

  /// The graph that the operator cannot do without.
  func body(_ name: String) throws(OperatorError) -> NodeBody {
    guard let attribute = attributes[name] else { throw .malformed("attribute \(name) is missing") }
    guard case .graph(let graph) = attribute else { throw wrongKind(name, attribute, "GRAPH") }
    guard let makeBody else { throw .unsupported("graphs in attributes run in a session alone") }
    var places: [Int] = []
    for value in graph.outerValues {
      guard let place = outerNames.firstIndex(of: graph.name(of: value)) else {
        throw .malformed("\(name) takes '\(graph.name(of: value))' from outside, where it is not")
      }
      places.append(inputCount + place)
    }
    do throws(OperatorError) {
      return NodeBody(name: name, body: try makeBody(graph), outerPlaces: places)
    } catch { throw OperatorError(error.kind, "in \(name): \(error.message)") }
  }
}
