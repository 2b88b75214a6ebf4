public import GraphIR

/// All operators there are, looked up by domain, name and the model's opset.
public enum OperatorRegistry {
  /// The newest version of the default operator set that is known.
  public static let newestOpset = 28

  /// The newest version that is known of each operator set that has more than one.
  private static let newestOpsets = ["": newestOpset, "ai.onnx.ml": 5]

  /// One line an operator: its name, the versions whose rules it follows, and the type. A type that follows several
  /// versions is told the one that applies. Each family's folder lists its own, sorted by name.
  static let entries: [OperatorEntry] =
    [
      activations,
      contractions,
      controlFlow,
      convolutions,
      detection,
      elementwise,
      images,
      indexing,
      losses,
      machineLearning,
      matrixProducts,
      normalizations,
      onnxRuntimeQuantization,
      optimizers,
      pooling,
      quantization,
      randoms,
      recurrences,
      reductions,
      resizes,
      sampling,
      sequences,
      shapes,
      signals,
      texts,
    ].flatMap { $0 }

  private static let byKey: [Key: OperatorEntry] = Dictionary(
    uniqueKeysWithValues: entries.map { (Key(domain: $0.domain, name: $0.name), $0) })

  private struct Key: Hashable {
    let domain: String
    let name: String
  }

  /// Makes the operator of a node.
  ///
  /// - Parameters:
  ///   - outerNames: the names of the values that follow the operator's own inputs.
  ///   - makeBody: makes the graphs in the node's attributes ready to run; nil refuses nodes that run graphs.
  /// - Throws: `unsupported` for an operator, version or attribute that is not implemented; `malformed` for attributes
  ///   that break the specification.
  public static func makeOperator(
    for node: Node, opsets: [String: Int], outerNames: [String] = [], makeBody: GraphBodyMaker? = nil
  ) throws(OperatorError) -> any Operator {
    guard let opset = node.opset ?? opsets[node.domain] else {
      throw .malformed("the model imports no operator set for the domain '\(node.domain)'")
    }
    guard let entry = byKey[Key(domain: node.domain, name: node.operatorName)] else {
      throw .unsupported(missing(node))
    }
    if let newest = newestOpsets[node.domain], opset > newest {
      throw .unsupported("opset \(opset) is newer than \(newest), the newest that is known")
    }
    guard let version = entry.versions.last(where: { $0 <= opset }) else {
      throw .unsupported(
        "operator \(node.operatorName) is implemented from opset \(entry.versions[0]) on; the model is of opset \(opset)"
      )
    }
    let outputCount = (node.outputs.lastIndex { $0 != nil } ?? -1) + 1
    return try entry.type.init(
      NodeDescription(
        operatorName: node.operatorName, version: version,
        presentInputs: node.inputs.prefix(node.ownInputCount).map { $0 != nil }, outputCount: outputCount,
        attributes: node.attributes, outerNames: outerNames, makeBody: makeBody))
  }

  /// That a node's operator is not there, and what helps.
  private static func missing(_ node: Node) -> String {
    switch node.domain {
    case "": "operator \(node.operatorName) is not implemented"
    case onnxRuntimeDomain, "com.microsoft.nchwc", "com.ms.internal.nhwc":
      "operator \(node.operatorName) of onnxruntime's domain '\(node.domain)' is not implemented: where its optimizer "
        + "wrote the model, take the model from before, or optimize no further than ORT_ENABLE_BASIC"
    default: "operator \(node.operatorName) of the domain '\(node.domain)' is not implemented"
    }
  }
}

/// A line of the registry.
struct OperatorEntry: Sendable {
  let domain: String
  let name: String
  /// Ascending.
  let versions: [Int]
  let type: any Operator.Type
}

/// A line of the registry for an operator of the default domain.
///
/// Neither generic nor inlined, since the compiler takes its time over every copy.
@inline(never)
func entry(_ name: String, _ versions: [Int], _ type: any Operator.Type) -> OperatorEntry {
  OperatorEntry(domain: "", name: name, versions: versions, type: type)
}
