public import Tensors

/// A model or tensor file that cannot be read, with the place in it.
public struct ModelError: Fault {
  /// What is wrong. The raw values are stable, for scripts.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// A file could not be opened or read.
    case file = "file"
    /// The bytes are no ONNX model.
    case notAModel = "not-a-model"
    /// The bytes break the rules of Protocol Buffers or ONNX's schema.
    case wireFormat = "wire-format"
    /// The file passes one of the `Limits`.
    case limit = "limit"
    /// The file's version of the format is not read.
    case irVersion = "ir-version"
    /// A node's domain has no operator set version.
    case missingOpset = "missing-opset"
    /// A value, an attribute or an operator set stands twice.
    case duplicateName = "duplicate-name"
    /// A node or the graph takes a value that nothing makes.
    case missingValue = "missing-value"
    /// The nodes do not form a graph, such as by a cycle.
    case graph = "graph"
    /// A tensor's extent is negative.
    case negativeDimension = "negative-dimension"
    /// A tensor's data do not fit its type and shape.
    case tensorData = "tensor-data"
    /// A tensor's element type is not supported.
    case elementType = "element-type"
    /// A tensor's external data are not where they may be.
    case externalData = "external-data"
    /// An attribute breaks the rules.
    case attribute = "attribute"
    /// A part of ONNX that is not supported, such as sparse tensors.
    case feature = "feature"

    /// The kind of fault.
    public var kind: FaultKind {
      switch self {
      case .file: .inputOutput
      case .limit: .resourceLimit
      case .irVersion, .elementType, .feature: .unsupported
      case .notAModel, .wireFormat, .missingOpset, .duplicateName, .missingValue, .graph, .negativeDimension,
        .tensorData, .externalData, .attribute:
        .malformed
      }
    }
  }

  /// What is wrong, for programs.
  public let code: Code

  /// What is wrong, as a clause without a full stop.
  public let message: String

  /// What helps, as a clause without a full stop; nil where nothing general can be said.
  public let remedy: String?

  /// The file, where it is known.
  public var path: String?

  /// The value or tensor that it is about.
  public var value: String?

  /// The name of the node that it is about; may be empty.
  public var node: String?

  /// That node's operator.
  public var operatorName: String?

  /// The version of that operator's set.
  public var opset: Int?

  public init(
    _ code: Code, _ message: String, remedy: String? = nil, path: String? = nil, value: String? = nil,
    node: String? = nil, operatorName: String? = nil, opset: Int? = nil
  ) {
    self.code = code
    self.message = message
    self.remedy = remedy
    self.path = path
    self.value = value
    self.node = node
    self.operatorName = operatorName
    self.opset = opset
  }

  public var kind: FaultKind { code.kind }

  /// One line: file, message, place, remedy.
  public var description: String {
    var text = path.map { "\($0): \(message)" } ?? message
    var place: [String] = []
    if let value { place.append("value '\(value)'") }
    if let operatorName {
      place.append("\(operatorName) node '\(node ?? "")'" + (opset.map { " of opset \($0)" } ?? ""))
    }
    if !place.isEmpty { text += " (\(place.joined(separator: ", ")))" }
    if let remedy { text += "; \(remedy)" }
    return text
  }
}

extension ModelError {
  /// The same error of a file; where the file could not be examined, with the file's message.
  init(_ error: FileError) {
    let code: Code =
      switch error.kind {
      case .resourceLimit: .limit
      case .unsupported: .feature
      case .malformed, .mismatched: .wireFormat
      case .inputOutput, .invalidRequest: .file
      }
    self.init(code, error.message, path: error.path)
  }

  /// The same error, said of a file.
  func at(path: String) -> ModelError {
    var error = self
    error.path = error.path ?? path
    return error
  }
}
