import Tensors

/// For each element the value that a table has for it, or a default.
///
/// - Source: ONNX operator LabelEncoder of ai.onnx.ml 1 (between strings and their positions), 2 (lists of keys and
///   values), 4 (tensors of them).
struct LabelEncoder: Operator {
  private let tables: LabelTables

  init(_ node: NodeDescription) throws(OperatorError) {
    if node.version >= 2 {
      tables = LabelTables([try Self.table(node)])
    } else {
      guard let classes = try node.strings("classes_strings") else {
        throw .malformed("attribute classes_strings is missing")
      }
      tables = try LabelTables(between: classes, and: classes.indices.map { Int64($0) }, node)
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    [try tables.mapped(try inputs.required(0, "X"), context)]
  }

  private static func table(_ node: NodeDescription) throws(OperatorError) -> LabelMap {
    guard let keys = try list(node, "keys"), let values = try list(node, "values") else {
      throw .malformed("keys_… and values_… are not both there, in one kind each")
    }
    let fallback: Tensor
    if let given = try node.tensor("default_tensor"), node.version >= 4, node.attributes["values_tensor"] != nil {
      fallback = given
    } else {
      switch values.elementType {
      case .string: fallback = .vector([try node.string("default_string") ?? "_Unused"])
      case .float32: fallback = Tensor(scalar: try node.float("default_float") ?? -0.0)
      case .float64: fallback = Tensor(scalar: Double(try node.float("default_float") ?? -0.0))
      case .int64: fallback = Tensor(scalar: Int64(try node.int("default_int64") ?? -1))
      case .int32: fallback = Tensor(scalar: Int32(clamping: try node.int("default_int64") ?? -1))
      case .int16: fallback = Tensor(scalar: Int16(clamping: try node.int("default_int64") ?? -1))
      default: throw .malformed("values of \(values.elementType)")
      }
    }
    return try LabelMap(keys: keys, values: values, fallback: fallback)
  }

  /// The only list of keys or values that is given; nil where there is none or more than one.
  private static func list(_ node: NodeDescription, _ name: String) throws(OperatorError) -> Tensor? {
    let given: [Tensor?] = [
      try node.strings("\(name)_strings").map { .vector($0) },
      try node.ints("\(name)_int64s").map { .vector($0.map { Int64($0) }) },
      try node.floats("\(name)_floats").map { .vector($0) },
      node.version >= 4 ? try node.tensor("\(name)_tensor") : nil,
    ]
    let lists = given.compactMap { $0 }
    return lists.count == 1 ? lists[0] : nil
  }
}

/// For each string its integer, or for each integer its string.
///
/// - Source: ONNX operator CategoryMapper of ai.onnx.ml 1.
struct CategoryMapper: Operator {
  private let tables: LabelTables

  init(_ node: NodeDescription) throws(OperatorError) {
    guard let strings = try node.strings("cats_strings"), let integers = try node.ints("cats_int64s") else {
      throw .malformed("attributes cats_strings and cats_int64s are not both there")
    }
    tables = try LabelTables(between: strings, and: integers.map { Int64($0) }, node)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    [try tables.mapped(try inputs.required(0, "X"), context)]
  }
}

/// Tables for several types of input.
private struct LabelTables: Sendable {
  private let tables: [LabelMap]

  init(_ tables: [LabelMap]) { self.tables = tables }

  /// A table for each of the two directions, with the defaults of the attributes `default_int64` and `default_string`.
  init(between strings: [String], and integers: [Int64], _ node: NodeDescription) throws(OperatorError) {
    tables = [
      try LabelMap(
        keys: .vector(strings), values: .vector(integers),
        fallback: Tensor(scalar: Int64(try node.int("default_int64") ?? -1))),
      try LabelMap(
        keys: .vector(integers), values: .vector(strings),
        fallback: .vector([try node.string("default_string") ?? "_Unused"])),
    ]
  }

  func mapped(_ x: Tensor, _ context: EvaluationContext) throws -> Tensor {
    guard let table = tables.first(where: { $0.keyType == x.elementType }) else {
      let types = tables.map(\.keyType.name).joined(separator: " or ")
      throw OperatorError.mismatched("input X is of \(x.elementType); \(types) is expected")
    }
    return try table.mapped(x, context)
  }
}
