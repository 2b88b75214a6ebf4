public import GraphIR
public import Tensors

/// What an operator is made from: a node's attributes and which of its inputs and outputs are there.
public struct NodeDescription: Sendable {
  /// Such as `Conv`.
  public let operatorName: String

  /// The version of the operator that applies: the newest that is not above the model's opset.
  public let version: Int

  /// For each of the operator's inputs in order whether it is given.
  public let presentInputs: [Bool]

  /// How many outputs are wanted, counted to the last that has a name.
  public let outputCount: Int

  public let attributes: [String: Attribute]

  /// The names of the values that follow the operator's inputs, for its graphs.
  let outerNames: [String]

  /// Makes graphs ready to run; nil where that is not possible.
  let makeBody: GraphBodyMaker?

  public init(
    operatorName: String, version: Int, presentInputs: [Bool], outputCount: Int, attributes: [String: Attribute],
    outerNames: [String] = [], makeBody: GraphBodyMaker? = nil
  ) {
    self.operatorName = operatorName
    self.version = version
    self.presentInputs = presentInputs
    self.outputCount = outputCount
    self.attributes = attributes
    self.outerNames = outerNames
    self.makeBody = makeBody
  }

  /// Whether the input at `index` is given.
  public func hasInput(_ index: Int) -> Bool { presentInputs.indices.contains(index) && presentInputs[index] }
}

extension NodeDescription {
  /// An integer attribute, nil where it is left out.
  public func int(_ name: String) throws(OperatorError) -> Int? {
    guard let attribute = attributes[name] else { return nil }
    guard case .int(let value) = attribute else { throw wrongKind(name, attribute, "INT") }
    return Int(value)
  }

  /// An integer attribute that is 0 or 1, `default` where it is left out.
  public func flag(_ name: String, default value: Bool = false) throws(OperatorError) -> Bool {
    guard let number = try int(name) else { return value }
    guard number == 0 || number == 1 else { throw .malformed("attribute \(name) is \(number), not 0 or 1") }
    return number == 1
  }

  /// A list of integers, nil where it is left out.
  public func ints(_ name: String) throws(OperatorError) -> [Int]? {
    guard let attribute = attributes[name] else { return nil }
    guard case .ints(let values) = attribute else { throw wrongKind(name, attribute, "INTS") }
    return values.map { Int($0) }
  }

  /// A float attribute, nil where it is left out.
  public func float(_ name: String) throws(OperatorError) -> Float? {
    guard let attribute = attributes[name] else { return nil }
    guard case .float(let value) = attribute else { throw wrongKind(name, attribute, "FLOAT") }
    return value
  }

  /// A list of floats, nil where it is left out.
  public func floats(_ name: String) throws(OperatorError) -> [Float]? {
    guard let attribute = attributes[name] else { return nil }
    guard case .floats(let values) = attribute else { throw wrongKind(name, attribute, "FLOATS") }
    return values
  }

  /// A string attribute, nil where it is left out. Bytes that are not UTF-8 are replaced.
  public func string(_ name: String) throws(OperatorError) -> String? {
    guard let attribute = attributes[name] else { return nil }
    guard case .string(let bytes) = attribute else { throw wrongKind(name, attribute, "STRING") }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A list of strings, nil where it is left out. Bytes that are not UTF-8 are replaced.
  public func strings(_ name: String) throws(OperatorError) -> [String]? {
    guard let attribute = attributes[name] else { return nil }
    guard case .strings(let values) = attribute else { throw wrongKind(name, attribute, "STRINGS") }
    return values.map { String(decoding: $0, as: UTF8.self) }
  }

  /// A tensor attribute, nil where it is left out.
  public func tensor(_ name: String) throws(OperatorError) -> Tensor? {
    guard let attribute = attributes[name] else { return nil }
    guard case .tensor(let value) = attribute else { throw wrongKind(name, attribute, "TENSOR") }
    return value
  }

  func wrongKind(_ name: String, _ attribute: Attribute, _ expected: String) -> OperatorError {
    .malformed("attribute \(name) is of kind \(attribute.kindName), not \(expected)")
  }
}
