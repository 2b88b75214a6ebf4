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

  /// The operators that the model defines itself; the messages live as long as the model's.
  private var functions: [FunctionName: Function] = [:]

  /// How many nodes calls of functions have expanded to, and of how many bytes these functions were.
  private var inlinedNodeCount = 0
  private var inlinedBytes = 0

  /// The tensors of models that have functions, so that several calls share them.
  private var sharedTensors: [UnsafePointer<Onnx__TensorProto>: Tensor] = [:]

  private var warnings: [String] = []
  private var unreportedWarnings = 0

  /// What tells a function of the model from another.
  struct FunctionName: Hashable {
    let domain: String
    let name: String
    let overload: String
  }

  struct Function {
    let proto: UnsafePointer<Onnx__FunctionProto>
    /// The bytes of the message, weights that stay in the file apart.
    let byteCount: Int
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
    opsets = try Self.opsets(
      messages(proto.pointee.opset_import, count: proto.pointee.n_opset_import), of: "the model")
    guard !opsets.isEmpty else {
      throw ModelError(
        .missingOpset, "the model imports no operator set, so its operators have no meaning",
        remedy: "export it again, or add opset_import with the version it was written for")
    }
    for function in messages(proto.pointee.functions, count: proto.pointee.n_functions) {
      let name = FunctionName(
        domain: Self.domain(function.pointee.domain), name: text(function.pointee.name),
        overload: text(function.pointee.overload))
      let size = onnx__function_proto__get_packed_size(function)
      guard functions.updateValue(Function(proto: function, byteCount: size), forKey: name) == nil else {
        throw ModelError(.duplicateName, "the model defines the function '\(name.name)' twice")
      }
    }
    if proto.pointee.n_training_info > 0 { warn("the model's training information is ignored") }
    var metadata: [String: String] = [:]
    for entry in messages(proto.pointee.metadata_props, count: proto.pointee.n_metadata_props) {
      let key = text(entry.pointee.key)
      if metadata.updateValue(text(entry.pointee.value), forKey: key) != nil {
        warn("the metadata have '\(key)' twice; the last one counts")
      }
    }
    let built = try GraphBuilder(self).graph(UnsafePointer(graph))
    if unreportedWarnings > 0 { warnings.append("there are \(unreportedWarnings) more such remarks") }
    return Model(
      graph: built, irVersion: irVersion, producerName: text(proto.pointee.producer_name),
      producerVersion: text(proto.pointee.producer_version), metadata: metadata, warnings: warnings,
      externalFiles: external?.locations ?? [])
  }

  /// Notes what is odd without being wrong.
  func warn(_ warning: String) {
    if warnings.count < Self.maximumWarnings { warnings.append(warning) } else { unreportedWarnings += 1 }
  }

  /// How the model defines an operator by nodes of others; nil where it does not.
  func function(_ name: FunctionName) -> Function? { functions.isEmpty ? nil : functions[name] }

  /// Makes a tensor, with data in the file or outside of it.
  func tensor(_ proto: UnsafePointer<Onnx__TensorProto>) throws(ModelError) -> Tensor {
    guard !functions.isEmpty else { return try decoding.tensor(proto, external: external) }
    if let tensor = sharedTensors[proto] { return tensor }
    let tensor = try decoding.tensor(proto, external: external)
    sharedTensors[proto] = tensor
    return tensor
  }

  /// Counts a node that stands in the place of a call.
  ///
  /// - Throws: where there are more than the limits allow.
  func countInlinedNode() throws(ModelError) {
    inlinedNodeCount += 1
    guard inlinedNodeCount <= decoding.limits.maximumInlinedNodes else {
      throw inliningLimit("\(decoding.limits.maximumInlinedNodes) nodes", "maximumInlinedNodes")
    }
  }

  /// Counts the bytes of a function that is put in the place of a call.
  ///
  /// - Throws: where there are more than the limits allow.
  func countInlined(_ function: Function) throws(ModelError) {
    inlinedBytes += function.byteCount
    guard inlinedBytes <= decoding.limits.unpackingBudget else {
      throw inliningLimit("\(decoding.limits.unpackingBudget) bytes", "unpackingBudget")
    }
  }

  private func inliningLimit(_ amount: String, _ name: String) -> ModelError {
    ModelError(
      .limit, "the calls of the model's functions expand to more than \(amount)",
      remedy: "where the file is to be trusted, raise the limit \(name)")
  }

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

  /// The operator set versions by domain that a model or function imports.
  static func opsets(
    _ entries: some Collection<UnsafePointer<Onnx__OperatorSetIdProto>>, of owner: String
  ) throws(ModelError) -> [String: Int] {
    var opsets: [String: Int] = [:]
    for entry in entries {
      let domain = Self.domain(entry.pointee.domain)
      let version = entry.pointee.version
      guard (1...Int64(Int32.max)).contains(version) else {
        throw ModelError(.missingOpset, "the operator set '\(domain)' has version \(version)")
      }
      guard opsets.updateValue(Int(version), forKey: domain) ?? Int(version) == Int(version) else {
        throw ModelError(.duplicateName, "\(owner) imports two versions of the operator set '\(domain)'")
      }
    }
    return opsets
  }
}
