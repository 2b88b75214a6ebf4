import COnnxProto
import GraphIR
import Tensors

/// Makes a `Model` of an unpacked `ModelProto`.
///
/// - Source: ONNX, IR.md.
final class ModelBuilder {
  /// The oldest version of the format that is read: the first published one.
  static let oldestIRVersion = 3

  /// The newest version of the format that the schema describes; newer files are tried with a warning.
  static let newestIRVersion = 14

  /// The most warnings kept; a file can be odd in as many places as it has nodes.
  static let maximumWarnings = 100

  let decoding: TensorDecoding
  let external: ExternalData?

  /// The model's operator set versions by domain.
  private(set) var opsets: [String: Int] = [:]

  /// The operators that the model defines itself.
  private var functions: Set<OperatorName> = []

  private var warnings: [String] = []
  private var unreportedWarnings = 0

  struct OperatorName: Hashable {
    let domain: String
    let name: String
  }

  init(decoding: TensorDecoding, external: ExternalData?) {
    self.decoding = decoding
    self.external = external
  }

  func model(_ proto: UnsafePointer<Onnx__ModelProto>) throws(ModelError) -> Model {
    guard let graph = proto.pointee.graph else {
      throw ModelError(.notAModel, "the file holds no graph", remedy: "it is no ONNX model, or it was cut off")
    }
    let irVersion = Int(proto.pointee.ir_version)
    try check(irVersion: irVersion)
    try readOpsets(proto)
    for function in messages(proto.pointee.functions, count: proto.pointee.n_functions) {
      functions.insert(
        OperatorName(domain: Self.domain(function.pointee.domain), name: text(function.pointee.name)))
    }
    if proto.pointee.n_training_info > 0 { warn("the model's training information is ignored") }
    var metadata: [String: String] = [:]
    for entry in messages(proto.pointee.metadata_props, count: proto.pointee.n_metadata_props) {
      let key = text(entry.pointee.key)
      if metadata.updateValue(text(entry.pointee.value), forKey: key) != nil {
        warn("the metadata have '\(key)' twice; the last one counts")
      }
    }
    let built = try GraphBuilder(self, enclosing: []).graph(UnsafePointer(graph))
    if unreportedWarnings > 0 { warnings.append("there are \(unreportedWarnings) more such remarks") }
    return Model(
      graph: built, irVersion: irVersion, producerName: text(proto.pointee.producer_name),
      producerVersion: text(proto.pointee.producer_version), metadata: metadata, warnings: warnings)
  }

  /// Notes what is odd without being wrong.
  func warn(_ warning: String) {
    if warnings.count < Self.maximumWarnings { warnings.append(warning) } else { unreportedWarnings += 1 }
  }

  /// Whether the model defines the operator by nodes of others.
  func definesFunction(_ name: OperatorName) -> Bool { functions.contains(name) }

  /// The domain's name as the graph has it: the default domain is the empty string.
  static func domain(_ field: UnsafePointer<CChar>?) -> String {
    let domain = text(field)
    return domain == "ai.onnx" ? "" : domain
  }

  private func check(irVersion: Int) throws(ModelError) {
    guard irVersion >= Self.oldestIRVersion else {
      throw ModelError(
        .irVersion, "the file has IR version \(irVersion); versions from \(Self.oldestIRVersion) on are read",
        remedy: "convert it with onnx.version_converter, or export it again")
    }
    if irVersion > Self.newestIRVersion {
      warn("IR version \(irVersion) is newer than \(Self.newestIRVersion), the newest known; what it adds is ignored")
    }
  }

  private func readOpsets(_ proto: UnsafePointer<Onnx__ModelProto>) throws(ModelError) {
    for entry in messages(proto.pointee.opset_import, count: proto.pointee.n_opset_import) {
      let domain = Self.domain(entry.pointee.domain)
      let version = entry.pointee.version
      guard (1...Int64(Int32.max)).contains(version) else {
        throw ModelError(.missingOpset, "the operator set '\(domain)' has version \(version)")
      }
      guard opsets.updateValue(Int(version), forKey: domain) ?? Int(version) == Int(version) else {
        throw ModelError(.duplicateName, "the model imports two versions of the operator set '\(domain)'")
      }
    }
    guard !opsets.isEmpty else {
      throw ModelError(
        .missingOpset, "the model imports no operator set, so its operators have no meaning",
        remedy: "export it again, or add opset_import with the version it was written for")
    }
  }
}
