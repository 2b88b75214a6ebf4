/// One operator call of a graph.
public struct Node: Sendable {
  /// The name in the file; may be empty, may stand at several nodes.
  public let name: String

  /// The operator's domain; the default domain is the empty string (`ai.onnx` is read as that).
  public let domain: String

  /// The operator's name, such as `Conv`.
  public let operatorName: String

  /// The inputs in the operator's order; nil for an optional input that is left out. In a graph, the values that the
  /// node's subgraphs take from it by name follow, so that whoever asks what a node reads sees all of it.
  public var inputs: [ValueID?]

  /// How many of `inputs` are the operator's own.
  public let ownInputCount: Int

  /// The outputs in the operator's order; nil for an output that nobody wants.
  public var outputs: [ValueID?]

  /// The attributes by name.
  public let attributes: [String: Attribute]

  /// The path of modules that the exporter noted for the node, outermost first, such as
  /// `["layer4", "layer4.1", "layer4.1.conv2"]`; empty where it noted none.
  public let scopes: [String]

  /// The version of the domain's operator set that the node is written for; nil where that is the graph's. Functions
  /// have versions of their own.
  public let opset: Int?

  /// - Parameter inputs: the operator's own.
  public init(
    name: String, domain: String = "", operatorName: String, inputs: [ValueID?], outputs: [ValueID?],
    attributes: [String: Attribute] = [:], scopes: [String] = [], opset: Int? = nil
  ) {
    self.name = name
    self.domain = domain
    self.operatorName = operatorName
    self.inputs = inputs
    ownInputCount = inputs.count
    self.outputs = outputs
    self.attributes = attributes
    self.scopes = scopes
    self.opset = opset
  }
}
