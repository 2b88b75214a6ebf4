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
  ///
  /// - Parameter sample: what was found in what the network makes of some inputs.
  public init(
    _ model: Model, path: String, listsLayers: Bool, listsFindings: Bool = false, sample: [LintFinding] = [],
    pool: ThreadPool
  ) throws {
    let graph = model.graph
    var findings = listsFindings ? graph.lint() : []
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
      if listsFindings {
        findings += try InspectionReport.fixedDimensions(of: input, session, takesBatches: support.isBatched)
      }
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
    lint = listsFindings ? (findings + sample).map(FindingEntry.init) : nil
  }
}

extension InspectionReport {
  /// Extents that are declared as open though the network works at one alone.
  private static func fixedDimensions(
    of input: ImageInput, _ session: Session, takesBatches: Bool
  ) throws -> [LintFinding] {
    let graph = session.graph
    guard let dimensions = graph.values[input.value.index].declared?.dimensions else { return [] }
    let name = graph.name(of: input.value)
    func finding(_ axes: String, _ reason: String) -> LintFinding {
      LintFinding(
        .fixedDimension, value: name, "Input '\(name)' leaves \(axes) open, but \(reason)",
        advice: "Export with the extent that the model works at")
    }
    var findings: [LintFinding] = []
    if dimensions[0].fixedExtent == nil, !takesBatches {
      findings.append(finding("the batch", "the model gives other results, or none, for several pictures at a time"))
    }
    let side = Preprocessing.defaultSide
    if input.height == nil || input.width == nil {
      // Twice the size, so that no pooling rounds to the same maps.
      let shape = try input.shape(height: 2 * side, width: 2 * side)
      do {
        _ = try session.run([input.value: Tensor.noise(shape)])
      } catch {
        findings.append(
          finding("height or width", "the model runs at \(side)×\(side) and not at twice that: \(error.message)"))
      }
    }
    return findings
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
