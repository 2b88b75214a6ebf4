public import Tensors

/// An attribute's value, of one of the kinds that ONNX has.
public enum Attribute: Sendable {
  case int(Int64)
  case float(Float)
  /// Bytes that ONNX calls a string; UTF-8 in all attributes that the default domain defines.
  case string([UInt8])
  case tensor(Tensor)
  indirect case graph(Graph)
  case ints([Int64])
  case floats([Float])
  case strings([[UInt8]])
  case tensors([Tensor])
  case graphs([Graph])
  case type(DeclaredType)

  /// ONNX's name of the kind.
  public var kindName: String {
    switch self {
    case .int: "INT"
    case .float: "FLOAT"
    case .string: "STRING"
    case .tensor: "TENSOR"
    case .graph: "GRAPH"
    case .ints: "INTS"
    case .floats: "FLOATS"
    case .strings: "STRINGS"
    case .tensors: "TENSORS"
    case .graphs: "GRAPHS"
    case .type: "TYPE_PROTO"
    }
  }

  /// The graphs in it.
  public var subgraphs: [Graph] {
    switch self {
    case .graph(let graph): [graph]
    case .graphs(let graphs): graphs
    default: []
    }
  }
}
