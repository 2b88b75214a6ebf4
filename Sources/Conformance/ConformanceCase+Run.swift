import Execution
import GraphIR
public import Kernels
import OnnxFormat
import Operators
import Tensors

extension ConformanceCase {
  /// Runs the model on each data set and compares the outputs.
  public func run(pool: ThreadPool) -> ConformanceOutcome {
    do {
      let model = try ModelReader.read(contentsOf: modelPath)
      let session = try Session(graph: model.graph, pool: pool)
      if let reason = unsupportedValue(of: model.graph) { return reason }
      let tolerance = tolerance()
      for dataSet in try dataSets() {
        if let difference = try compare(dataSet, with: session, tolerance) { return .failed(difference) }
      }
      return .passed
    } catch let error as any Fault where error.kind == .unsupported {
      return .unsupported(what: what(isUnsupportedBy: error), message: error.description)
    } catch {
      return .failed("\(error)")
    }
  }

  /// The first input or output that is declared as no tensor, or as one of an unknown element type; nil where there
  /// is none.
  private func unsupportedValue(of graph: Graph) -> ConformanceOutcome? {
    for value in graph.inputs + graph.outputs {
      guard let declared = graph.values[value.index].declared, declared.elementType == nil else { continue }
      return .unsupported(
        what: declared.dimensions == nil ? "value that is no tensor" : "element type",
        message: "value '\(graph.name(of: value))' is of a type that is not implemented")
    }
    return nil
  }

  /// What is wrong with the first output that is not as expected; nil where all are.
  private func compare(_ dataSet: String, with session: Session, _ tolerance: SuiteTolerance) throws -> String? {
    let graph = session.graph
    let given = try tensors("input", in: dataSet)
    let expected = try tensors("output", in: dataSet)
    guard given.count <= graph.inputs.count, expected.count == graph.outputs.count else {
      return "there are \(given.count) inputs and \(expected.count) outputs in the data set, "
        + "\(graph.inputs.count) and \(graph.outputs.count) in the model"
    }
    let results = try session.run(Dictionary(uniqueKeysWithValues: zip(graph.inputs, given)))
    for (value, reference) in zip(graph.outputs, expected) {
      let result = results[value]!
      let difference =
        graph.isRandom
        ? Conformance.difference(result, fromRandom: reference) : tolerance.difference(result, from: reference)
      if let difference {
        return "output '\(graph.name(of: value))' \(difference)"
      }
    }
    return nil
  }

  private func what(isUnsupportedBy error: any Fault) -> String {
    switch error {
    case let error as ModelError: return error.code.rawValue
    case let error as ExecutionError where !error.nodes.isEmpty:
      let names = error.nodes.filter { $0.kind == .unsupported }.map(\.operatorName)
      return "operator " + Set(names).sorted().joined(separator: ", ")
    default: return "other"
    }
  }
}
