import COnnxProto
public import GraphIR
public import Tensors

/// Files of one value of any kind, as ONNX's test suites keep inputs and outputs: a `TensorProto`, a `SequenceProto` or
/// an `OptionalProto`. The file does not say which.
///
/// - Source: ONNX, onnx-data.proto.
public enum ValueFile {
  /// Reads a value that is known to be of a kind.
  ///
  /// - Throws: `ModelError`; of the code `feature` for maps, sparse tensors, and what stands deeper than the kinds say.
  public static func read(
    _ path: String, as kind: DeclaredType.Kind, limits: Limits = .default
  ) throws(ModelError) -> RuntimeValue {
    do throws(ModelError) {
      guard kind != .tensor else { return .tensor(try TensorFile.read(path, limits: limits).tensor) }
      let content = try FileContent(path: path, limits: limits)
      switch kind {
      case .sequence:
        let scan = try content.scan(as: WireSchema.sequence, limits: limits)
        let unpacked = try Unpacked<Onnx__SequenceProto>(scan, schema: WireSchema.sequence, limits: limits)
        let decoding = TensorDecoding(content: content, payloads: scan.payloads, limits: limits)
        return .sequence(try sequence(unpacked.message, decoding))
      case .optionalTensor, .optionalSequence:
        let scan = try content.scan(as: WireSchema.optional, limits: limits)
        let unpacked = try Unpacked<Onnx__OptionalProto>(scan, schema: WireSchema.optional, limits: limits)
        let decoding = TensorDecoding(content: content, payloads: scan.payloads, limits: limits)
        return .optional(try optional(unpacked.message.pointee, decoding))
      case .tensor, .other: throw ModelError(.feature, "only tensors, sequences and optional values are read")
      }
    } catch { throw error.at(path: path) }
  }

  private static func sequence(
    _ proto: UnsafePointer<Onnx__SequenceProto>, _ decoding: TensorDecoding
  ) throws(ModelError) -> TensorSequence {
    let kind = UInt32(truncatingIfNeeded: proto.pointee.elem_type)
    guard
      [ONNX__SEQUENCE_PROTO__DATA_TYPE__TENSOR, ONNX__SEQUENCE_PROTO__DATA_TYPE__UNDEFINED].contains(where: {
        $0.rawValue == kind
      })
    else { throw ModelError(.feature, "the sequence holds something else than tensors") }
    var tensors: [Tensor] = []
    for tensor in messages(proto.pointee.tensor_values, count: proto.pointee.n_tensor_values) {
      tensors.append(try decoding.tensor(tensor, external: nil))
      guard tensors[tensors.count - 1].elementType == tensors[0].elementType else {
        throw ModelError(.tensorData, "the sequence holds tensors of different types")
      }
    }
    return TensorSequence(elementType: tensors.first?.elementType, tensors: tensors)
  }

  private static func optional(
    _ proto: Onnx__OptionalProto, _ decoding: TensorDecoding
  ) throws(ModelError) -> RuntimeValue? {
    switch UInt32(truncatingIfNeeded: proto.elem_type) {
    case ONNX__OPTIONAL_PROTO__DATA_TYPE__UNDEFINED.rawValue: return nil
    case ONNX__OPTIONAL_PROTO__DATA_TYPE__TENSOR.rawValue:
      guard let tensor = proto.tensor_value else { return nil }
      return .tensor(try decoding.tensor(UnsafePointer(tensor), external: nil))
    case ONNX__OPTIONAL_PROTO__DATA_TYPE__SEQUENCE.rawValue:
      guard let sequence = proto.sequence_value else { return nil }
      return .sequence(try Self.sequence(UnsafePointer(sequence), decoding))
    default: throw ModelError(.feature, "the optional value holds something else than a tensor or a sequence")
    }
  }
}
