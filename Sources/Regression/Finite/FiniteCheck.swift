public import Execution
import Foundation
public import GraphIR
public import Tensors

/// Looks for the first NaN or infinity of a run.
public struct FiniteCheck: Sendable {
  /// Where the first one comes from.
  public struct Origin: Sendable, Encodable {
    /// The node that made it; nil where it was given as an input.
    public let node: String?
    public let `operator`: String?
    public let value: String
    public let statistics: TensorStatistics
    /// What the node read, weights included.
    public let inputs: [Input]

    public struct Input: Sendable, Encodable {
      public let value: String
      /// Whether it is the same in every run.
      public let isConstant: Bool
      public let statistics: TensorStatistics
    }
  }

  /// nil as long as all values are finite.
  public private(set) var origin: Origin?

  public init() {}

  /// Looks at what is given to a run.
  mutating func look(at inputs: [ValueID: Tensor], of graph: Graph) {
    for value in graph.inputs where origin == nil {
      guard let tensor = inputs[value], tensor.hasNonFinite else { continue }
      origin = Origin(
        node: nil, operator: nil, value: graph.name(of: value), statistics: TensorStatistics(of: tensor), inputs: [])
    }
  }

  /// Looks at what the last node of a run made.
  mutating func look(at index: Int, in run: StepwiseRun, of session: Session) {
    let graph = session.graph
    let node = graph.nodes[index]
    guard origin == nil else { return }
    for case let output? in node.outputs {
      guard let made = run[output], made.hasNonFinite else { continue }
      origin = Origin(
        node: graph.label(of: node), operator: node.operatorName, value: graph.name(of: output),
        statistics: TensorStatistics(of: made),
        inputs: node.inputs.compactMap { input in
          guard let input, let tensor = run[input] else { return nil }
          return .init(
            value: graph.name(of: input), isConstant: session.constant(input) != nil,
            statistics: TensorStatistics(of: tensor))
        })
      return
    }
  }
}

extension FiniteCheck.Origin {
  /// A few lines: what made the first NaN or infinity, and of what.
  public var text: String {
    let maker = node.map { "\(self.operator ?? "") node '\($0)' makes" } ?? "the input has"
    let lines = [
      "\(maker) the first NaN or infinity: value '\(value)', \(statistics.nans) NaN and \(statistics.infinities) "
        + "infinite of \(statistics.shape.reduce(1, *))"
    ]
    return (lines + inputs.map { "  of \($0.isConstant ? "weight" : "value") '\($0.value)': \($0.statistics.text)" })
      .joined(separator: "\n")
  }
}

extension Tensor {
  /// Whether an element is NaN or infinite.
  var hasNonFinite: Bool {
    switch elementType {
    // A sum of products with 0 is NaN where one factor is not finite, and takes no branch an element.
    case .float32: withElements(of: Float.self) { $0.reduce(0) { $0 + $1 * 0 }.isNaN }
    case .float64: withElements(of: Double.self) { $0.reduce(0) { $0 + $1 * 0 }.isNaN }
    default: elementType.isFloatingPoint && !TensorStatistics(of: self).isFinite
    }
  }
}

extension Session {
  /// Runs the graph and looks for the first NaN or infinity on the way.
  ///
  /// - Returns: the plan's wanted values, and where the first one comes from.
  public func runCheckingFinite(
    _ inputs: [ValueID: Tensor], plan: Plan
  ) throws(ExecutionError) -> (results: [ValueID: Tensor], origin: FiniteCheck.Origin?) {
    var check = FiniteCheck()
    check.look(at: inputs, of: graph)
    var run = try StepwiseRun(self, inputs: inputs, plan: plan)
    while let node = try run.step() { check.look(at: node, in: run, of: self) }
    var results: [ValueID: Tensor] = [:]
    for value in plan.wanted {
      guard let tensor = run[value] else {
        throw ExecutionError(
          .unsupported, "value '\(graph.name(of: value))' is no tensor; only tensors can be given here")
      }
      results[value] = tensor
    }
    return (results, check.origin)
  }
}
