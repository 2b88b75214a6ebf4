import Execution
import GraphIR
public import Kernels
import OnnxFormat
import Operators
import Tensors

extension ConformanceCase {
  /// Runs the model on each data set and compares the outputs.
  public func run(pool: ThreadPool, limits: ConformanceLimits = ConformanceLimits()) -> ConformanceResult {
    let details = TimeLimit.Slot<ConformanceResult.Details>()
    let start = ContinuousClock.now
    let ended = TimeLimit.call(seconds: limits.seconds) { outcome(pool: pool, limits: limits, details: details) }
    let elapsed = (ContinuousClock.now - start).components
    return ConformanceResult(
      case: self, outcome: ended ?? .failed("it did not end within \(limits.seconds) s"),
      details: details.value ?? .init(),
      seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
  }

  private func outcome(
    pool: ThreadPool, limits: ConformanceLimits, details: TimeLimit.Slot<ConformanceResult.Details>
  ) -> ConformanceOutcome {
    do {
      let model = try ModelReader.read(contentsOf: modelPath, limits: limits.files)
      details.value = .init(operators: operators(of: model.graph), opset: model.graph.opsets[""])
      let session = try Session(
        graph: model.graph, pool: pool, memoryLimit: limits.memoryBytes, iterationLimit: limits.files.maximumIterations)
      if let reason = unsupportedValue(of: model.graph) { return reason }
      for dataSet in try dataSets(for: model.graph, limits: limits.files) {
        if let difference = try compare(dataSet, with: session, details) { return .failed(difference) }
      }
      return .passed
    } catch let error as any Fault where error.kind == .unsupported {
      return .unsupported(what: what(isUnsupportedBy: error), message: error.description)
    } catch {
      return .failed("\(error)")
    }
  }

  private func operators(of graph: Graph) -> [String] {
    Set(graph.nodes.map { $0.domain.isEmpty ? $0.operatorName : "\($0.domain).\($0.operatorName)" }).sorted()
  }

  /// The first input or output that is declared as no tensor, or as one of an unknown element type; nil where there
  /// is none.
  private func unsupportedValue(of graph: Graph) -> ConformanceOutcome? {
    for value in graph.inputs + graph.outputs {
      guard let declared = graph.values[value.index].declared, declared.elementType == nil else { continue }
      return .unsupported(
        what: declared.kind == .other ? "value that is no tensor" : "element type",
        message: "value '\(graph.name(of: value))' is of a type that is not implemented")
    }
    return nil
  }

  /// What is wrong with the first output that is not as expected; nil where all are.
  private func compare(
    _ dataSet: DataSet, with session: Session, _ details: TimeLimit.Slot<ConformanceResult.Details>
  ) throws -> String? {
    let graph = session.graph
    guard dataSet.inputs.count <= graph.inputs.count, dataSet.outputs.count == graph.outputs.count else {
      return "there are \(dataSet.inputs.count) inputs and \(dataSet.outputs.count) outputs in the data set, "
        + "\(graph.inputs.count) and \(graph.outputs.count) in the model"
    }
    let tolerance = tolerance()
    let results = try session.run(values: Dictionary(uniqueKeysWithValues: zip(graph.inputs, dataSet.inputs)))
    for (value, reference) in zip(graph.outputs, dataSet.outputs) {
      let result = results[value]!
      if !graph.isRandom, let error = tolerance.largestError(of: result, from: reference) {
        details.value?.maxError = max(details.value?.maxError ?? 0, error)
      }
      let difference =
        if graph.isRandom, case .tensor(let result) = result, case .tensor(let reference) = reference {
          Conformance.difference(result, fromRandom: reference)
        } else {
          tolerance.difference(result, from: reference)
        }
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
