import Execution
import GraphIR
import Tensors

/// A run that goes on as far as its values are asked for, and keeps those that are asked for later.
struct FollowingRun {
  private var run: StepwiseRun
  private let session: Session
  private var graph: Graph { session.graph }
  /// What was found of NaNs and infinities so far.
  private(set) var check: FiniteCheck
  /// How often each value will yet be asked for.
  private var demand: [ValueID: Int]
  private var kept: [ValueID: Tensor] = [:]
  private var madeNodes: Set<Int> = []

  /// - Parameter wanted: the values that will be asked for, each as often as it stands here.
  init(_ run: StepwiseRun, _ session: Session, wanted: [ValueID], check: FiniteCheck) {
    self.run = run
    self.session = session
    self.check = check
    demand = Dictionary(wanted.map { ($0, 1) }, uniquingKeysWith: +)
  }

  /// The tensor of a value, run for where it is not there yet; nil where it is no tensor.
  mutating func take(_ value: ValueID) throws(ExecutionError) -> Tensor? {
    demand[value, default: 1] -= 1
    if let tensor = run[value] ?? kept[value] {
      if demand[value] == 0 { kept[value] = nil }
      return tensor
    }
    guard let producer = graph.producers[value.index] else { return nil }
    while !madeNodes.contains(producer), let node = try run.step() {
      madeNodes.insert(node)
      check.look(at: node, in: run, of: session)
      for case let output? in graph.nodes[node].outputs where output != value && demand[output, default: 0] > 0 {
        kept[output] = run[output]
      }
    }
    let tensor = run[value]
    if demand[value, default: 0] > 0 { kept[value] = tensor }
    return tensor
  }
}
