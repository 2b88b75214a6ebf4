public import GraphIR
import Operators
public import Tensors

extension Session {
  /// Runs only the nodes that stand between some values that are given and one that is wanted.
  ///
  /// - Parameters:
  ///   - given: tensors of inputs or inner values; what they are made of does not run.
  ///   - wanted: a value that is not among them.
  /// - Throws: `ExecutionError` that names the node, also where an input of the model is needed and not given, or the
  ///   value is no tensor.
  public func run(from given: [ValueID: Tensor], to wanted: ValueID) throws(ExecutionError) -> Tensor {
    let plan = Plan(graph: graph, wanted: [wanted], isKnown: { constants[$0] != nil || given[$0] != nil })
    if let missing = plan.neededInputs.first(where: { given[$0] == nil }) {
      throw ExecutionError(.mismatched, "the model's input '\(graph.name(of: missing))' is not given")
    }
    var values = [RuntimeValue?](repeating: nil, count: graph.values.count)
    for (value, tensor) in constants { values[value.index] = .tensor(tensor) }
    for (value, tensor) in given { values[value.index] = .tensor(tensor) }
    try plan.run(in: graph, values: &values, makeContext()) { (index) throws(ExecutionError) in
      try preparedOperator(index)
    }
    return try graph.tensor(values[wanted.index], of: wanted)
  }
}
