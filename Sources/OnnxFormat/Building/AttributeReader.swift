import COnnxProto
import CProtobufC
import GraphIR
import Tensors

/// Makes an `Attribute` of an `AttributeProto`.
struct AttributeReader {
  let name: String

  /// Makes a tensor of an attribute's.
  let tensor: (UnsafePointer<Onnx__TensorProto>) throws(ModelError) -> Tensor

  /// Makes a graph of an attribute's.
  let subgraph: (UnsafePointer<Onnx__GraphProto>) throws(ModelError) -> Graph

  /// - Precondition: the attribute is no reference to a function's.
  /// - Throws: `ModelError` where the attribute has no name, no value or no single kind, or a kind that is not supported.
  func attribute(_ proto: UnsafePointer<Onnx__AttributeProto>) throws(ModelError) -> Attribute {
    guard !name.isEmpty else { throw ModelError(.attribute, "an attribute has no name") }
    let proto = proto.pointee
    switch try kind(of: proto) {
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT: return .float(proto.f)
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT: return .int(proto.i)
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING: return .string(bytes(proto.s))
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR:
      guard let value = proto.t else { throw missing("tensor") }
      return .tensor(try tensor(UnsafePointer(value)))
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH:
      guard let graph = proto.g else { throw missing("graph") }
      return .graph(try subgraph(UnsafePointer(graph)))
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS:
      return .floats(Array(UnsafeBufferPointer(start: proto.floats, count: proto.n_floats)))
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS:
      return .ints(Array(UnsafeBufferPointer(start: proto.ints, count: proto.n_ints)))
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS:
      return .strings(UnsafeBufferPointer(start: proto.strings, count: proto.n_strings).map(bytes))
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSORS:
      var tensors: [Tensor] = []
      for value in messages(proto.tensors, count: proto.n_tensors) { tensors.append(try tensor(value)) }
      return .tensors(tensors)
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPHS:
      var graphs: [Graph] = []
      for graph in messages(proto.graphs, count: proto.n_graphs) { graphs.append(try subgraph(graph)) }
      return .graphs(graphs)
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__SPARSE_TENSOR, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__SPARSE_TENSORS:
      throw ModelError(.feature, "the attribute '\(name)' is a sparse tensor, and those are not supported")
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TYPE_PROTO:
      guard let type = DeclaredType(proto.tp) else { throw missing("type") }
      return .type(type)
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TYPE_PROTOS:
      throw ModelError(.feature, "the attribute '\(name)' is a list of types, and those are not supported")
    case let kind: throw ModelError(.attribute, "the attribute '\(name)' has the unknown kind \(kind.rawValue)")
    }
  }

  /// The kind that the file tells, or else that of the one value that is there.
  private func kind(of proto: Onnx__AttributeProto) throws(ModelError) -> Onnx__AttributeProto__AttributeType {
    if proto.has_type != 0, proto.type != ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__UNDEFINED { return proto.type }
    let present: [(Bool, Onnx__AttributeProto__AttributeType)] = [
      (proto.has_f != 0, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT),
      (proto.has_i != 0, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT),
      (proto.has_s != 0, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING),
      (proto.t != nil, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR),
      (proto.g != nil, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH),
      (proto.sparse_tensor != nil, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__SPARSE_TENSOR),
      (proto.tp != nil, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TYPE_PROTO),
      (proto.n_floats > 0, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS),
      (proto.n_ints > 0, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS),
      (proto.n_strings > 0, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS),
      (proto.n_tensors > 0, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSORS),
      (proto.n_graphs > 0, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPHS),
      (proto.n_sparse_tensors > 0, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__SPARSE_TENSORS),
      (proto.n_type_protos > 0, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TYPE_PROTOS),
    ]
    let kinds = present.filter(\.0)
    guard kinds.count == 1 else {
      throw ModelError(.attribute, "the attribute '\(name)' tells no kind and has \(kinds.count) values")
    }
    return kinds[0].1
  }

  private func missing(_ what: String) -> ModelError {
    ModelError(.attribute, "the attribute '\(name)' is a \(what) and has none")
  }

  private func bytes(_ data: ProtobufCBinaryData) -> [UInt8] {
    Array(UnsafeBufferPointer(start: data.data, count: data.len))
  }
}
