import Execution
import Explain
public import GraphIR
import Imaging
public import Kernels
import Tensors

/// What a model is made of, for people and for programs.
public struct InspectionReport: Encodable, Sendable {
  public struct ValueEntry: Encodable, Sendable {
    public let name: String
    public let type: String?
    /// Extents as declared: numbers, names, or `?`.
    public let shape: [String]?
  }

  public struct OperatorEntry: Encodable, Sendable {
    public let name: String
    public let domain: String
    public let count: Int
    public let supported: Bool
    public let reason: String?
  }

  public struct LayerEntry: Encodable, Sendable {
    public let name: String
    public let value: String
    public let scope: String?
    public let `operator`: String
    public let shape: [Int]
    public let activation: String?
    public let distanceFromOutput: Int
    public let isAutomatic: Bool
  }

  public struct FindingEntry: Encodable, Sendable {
    public let code: String
    public let severity: String
    public let node: String?
    public let value: String?
    public let message: String
    public let advice: String
  }

  public let model: String
  public let producer: String
  public let irVersion: Int
  public let opsets: [String: Int]
  public let inputs: [ValueEntry]
  public let outputs: [ValueEntry]
  public let nodes: Int
  public let parameters: Int
  /// For one picture at `inputShape`; nil where the model does not run.
  public let multiplyAccumulates: Int?
  public let inputShape: [Int]?
  public let head: String?
  public let batches: String?
  public let operators: [OperatorEntry]
  public let layers: [LayerEntry]?
  /// What is odd about the graph; nil where that was not asked for.
  public let lint: [FindingEntry]?
  /// Why nothing is said of shapes and layers; nil where something is.
  public let notRun: String?

  /// Reads the graph, and runs it on noise to learn shapes where all operators are there.
  public init(
    _ model: Model, path: String, listsLayers: Bool, listsFindings: Bool = false, pool: ThreadPool
  ) throws {
    let graph = model.graph
    lint = listsFindings ? graph.lint().map(FindingEntry.init) : nil
    let summary = ModelSummary(of: graph)
    self.model = path
    producer = [model.producerName, model.producerVersion].filter { !$0.isEmpty }.joined(separator: " ")
    irVersion = model.irVersion
    opsets = Dictionary(
      graph.opsets.map { ($0.key.isEmpty ? "ai.onnx" : $0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    inputs = graph.inputs.map { ValueEntry(graph.values[$0.index]) }
    outputs = graph.outputs.map { ValueEntry(graph.values[$0.index]) }
    nodes = graph.nodes.count
    parameters = summary.parameterCount
    operators = summary.operators.map {
      OperatorEntry(
        name: $0.name, domain: $0.domain, count: $0.count, supported: $0.refusal == nil, reason: $0.refusal)
    }
    do {
      let input = try ImageInput(of: graph)
      let session = try Session(graph: graph, pool: pool)
      let shape = try input.shape(height: Preprocessing.defaultSide, width: Preprocessing.defaultSide)
      let classifier = try Classifier(session: session, input: input.value, inputShape: shape, layout: input.layout)
      let support = try classifier.batchSupport
      let automatic = try? classifier.layers.choose("auto", hook: nil).layer.value
      multiplyAccumulates = classifier.network.multiplyAccumulates
      inputShape = shape.dimensions
      head = classifier.head.kind.rawValue
      batches = support.reason
      layers = listsLayers ? classifier.layers.layers.map { LayerEntry($0, isAutomatic: $0.value == automatic) } : nil
      notRun = nil
    } catch {
      multiplyAccumulates = nil
      inputShape = nil
      head = nil
      batches = nil
      layers = nil
      // The operators' list says already which nodes it is about.
      notRun = (error as? ExecutionError)?.message ?? "\(error)"
    }
  }
}

extension InspectionReport.ValueEntry {
  init(_ value: Value) {
    name = value.name
    type = value.declared?.elementType?.name
    shape = value.declared?.dimensions?.map(\.description)
  }
}

extension InspectionReport.LayerEntry {
  init(_ layer: HookableLayer, isAutomatic: Bool) {
    name = layer.label
    value = layer.valueName
    scope = layer.scope
    `operator` = layer.operatorName
    shape = layer.shape.dimensions
    activation = layer.activation
    distanceFromOutput = layer.distanceFromOutput
    self.isAutomatic = isAutomatic
  }
}

extension InspectionReport.FindingEntry {
  init(_ finding: LintFinding) {
    code = finding.code.rawValue
    severity = finding.severity.rawValue
    node = finding.node
    value = finding.value
    message = finding.message
    advice = finding.advice
  }
}
