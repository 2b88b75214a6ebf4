import COnnxProto
import Tensors

/// Makes tensors of unpacked `TensorProto` messages.
///
/// - Source: ONNX, IR.md, "Tensor Element Types", and the comments on TensorProto in its schema.
struct TensorDecoding {
  let content: FileContent
  let payloads: [Range<Int>]
  let limits: Limits

  /// - Parameter external: where data outside of the file are found; nil where there may be none.
  /// - Throws: `ModelError` with the tensor's name as its value.
  func tensor(
    _ proto: UnsafePointer<Onnx__TensorProto>, external: ExternalData?
  ) throws(ModelError) -> Tensor {
    do throws(ModelError) {
      let shape = try shape(of: proto)
      let elementType = try elementType(of: proto)
      guard proto.pointee.segment == nil else {
        throw ModelError(.feature, "it is a segment of a tensor, or a sequence: only whole tensors are read")
      }
      let lists = TypedLists(proto)
      let hasRawData = proto.pointee.has_raw_data != 0
      if proto.pointee.data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL {
        guard elementType != .string else { throw ModelError(.externalData, "strings cannot be external data") }
        guard !hasRawData, lists.count == 0 else {
          throw ModelError(.tensorData, "it has data in the file and outside of it")
        }
        guard let external else { throw ModelError(.externalData, "data outside of a tensor file are not read") }
        let entries = messages(proto.pointee.external_data, count: proto.pointee.n_external_data).map {
          (key: text($0.pointee.key), value: text($0.pointee.value))
        }
        return try external.bytes(entries, count: elementType.packedByteCount(of: shape.count))
          .tensor(shape, elementType)
      }
      guard hasRawData else { return try lists.tensor(shape, elementType) }
      guard lists.count == 0 else { throw ModelError(.tensorData, "it has both raw_data and a list of elements") }
      guard elementType != .string else { throw ModelError(.tensorData, "strings stand in raw_data") }
      let bytes = rawBytes(of: proto)
      let expected = elementType.packedByteCount(of: shape.count)
      guard bytes.bytes.count == expected else {
        throw ModelError(
          .tensorData,
          "its data have \(bytes.bytes.count) bytes, and shape \(shape) of \(elementType) takes \(expected)",
          remedy: "the file is damaged: export it again")
      }
      return bytes.tensor(shape, elementType)
    } catch {
      var error = error
      error.value = text(proto.pointee.name)
      throw error
    }
  }

  private func shape(of proto: UnsafePointer<Onnx__TensorProto>) throws(ModelError) -> Shape {
    let dims = UnsafeBufferPointer(start: proto.pointee.dims, count: proto.pointee.n_dims)
    if let negative = dims.first(where: { $0 < 0 }) {
      throw ModelError(.negativeDimension, "a tensor has the extent \(negative)")
    }
    guard dims.count <= TensorDecoding.maximumRank else {
      throw ModelError(.limit, "a tensor has \(dims.count) axes, more than \(TensorDecoding.maximumRank)")
    }
    let shape: Shape
    do { shape = try Shape(dims.map { Int($0) }) } catch {
      throw ModelError(.limit, "a tensor's \(error)", remedy: "the file is damaged: export it again")
    }
    guard shape.count <= limits.maximumTensorElements else {
      throw ModelError(
        .limit, "a tensor of shape \(shape) has more than \(limits.maximumTensorElements) elements",
        remedy: "where the file is to be trusted, raise the limit maximumTensorElements")
    }
    return shape
  }

  private func elementType(of proto: UnsafePointer<Onnx__TensorProto>) throws(ModelError) -> ElementType {
    let number = proto.pointee.data_type
    guard number != 0 else { throw ModelError(.tensorData, "a tensor tells no element type") }
    guard let elementType = ElementType(rawValue: number) else {
      throw ModelError(
        .elementType, "elements of type \(ElementType.onnxName(ofDataType: number)) are not supported",
        remedy: "convert the model to float32")
    }
    return elementType
  }

  /// The bytes of `raw_data`, or of the list in whose stead they stand: where they stand in the file, or, where they are
  /// few, in the message.
  private func rawBytes(of proto: UnsafePointer<Onnx__TensorProto>) -> ElementBytes {
    let field = UnsafeRawBufferPointer(start: proto.pointee.raw_data.data, count: proto.pointee.raw_data.len)
    guard field.count == WireScan.replacedLength else { return ElementBytes(unowned: field) }
    let place = Int(UInt64(littleEndian: field.loadUnaligned(as: UInt64.self)))
    return ElementBytes(content.storage, payloads[place])
  }

  /// The most axes of a tensor; NumPy allows 64.
  static let maximumRank = 64
}
