import COnnxProto
import CProtobufC
import Tensors

/// The elements of a `TensorProto` that stand in a list of their own type or of a wider one.
struct TypedLists {
  private let proto: UnsafePointer<Onnx__TensorProto>

  init(_ proto: UnsafePointer<Onnx__TensorProto>) { self.proto = proto }

  /// The elements in all the lists.
  var count: Int {
    let proto = proto.pointee
    return proto.n_float_data + proto.n_int32_data + proto.n_string_data + proto.n_int64_data + proto.n_double_data
      + proto.n_uint64_data
  }

  /// The tensor whose elements stand in the list that ONNX assigns to the type.
  ///
  /// - Throws: `ModelError` where the list does not have as many elements as the shape, another list has some, or an
  ///   element is out of the type's range.
  func tensor(_ shape: Shape, _ elementType: ElementType) throws(ModelError) -> Tensor {
    switch elementType {
    case .float32: try copy(float, shape)
    case .float64: try copy(double, shape)
    case .int64: try copy(int64, shape)
    case .uint64: try copy(uint64, shape)
    case .int32: try copy(int32, shape)
    case .uint32: try convert(uint64, shape) { UInt32(exactly: $0) }
    case .int16: try convert(int32, shape) { Int16(exactly: $0) }
    case .uint16: try convert(int32, shape) { UInt16(exactly: $0) }
    case .int8: try convert(int32, shape) { Int8(exactly: $0) }
    case .uint8: try convert(int32, shape) { UInt8(exactly: $0) }
    case .bool: try convert(int32, shape) { $0 != 0 }
    case .float16: try convert(int32, shape) { UInt16(exactly: $0).map { Float16(bitPattern: $0) } }
    case .bfloat16: try convert(int32, shape) { UInt16(exactly: $0).map { BFloat16(bitPattern: $0) } }
    case .string: try strings(shape)
    case .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz, .float8e8m0: try codes(shape, elementType)
    case .float6e2m3, .float6e3m2, .float4e2m1, .uint4, .int4, .uint2, .int2: try codes(shape, elementType)
    }
  }

  private typealias List<Element> = (name: String, elements: UnsafeBufferPointer<Element>)

  private var float: List<Float> {
    ("float_data", UnsafeBufferPointer(start: proto.pointee.float_data, count: proto.pointee.n_float_data))
  }
  private var double: List<Double> {
    ("double_data", UnsafeBufferPointer(start: proto.pointee.double_data, count: proto.pointee.n_double_data))
  }
  private var int32: List<Int32> {
    ("int32_data", UnsafeBufferPointer(start: proto.pointee.int32_data, count: proto.pointee.n_int32_data))
  }
  private var int64: List<Int64> {
    ("int64_data", UnsafeBufferPointer(start: proto.pointee.int64_data, count: proto.pointee.n_int64_data))
  }
  private var uint64: List<UInt64> {
    ("uint64_data", UnsafeBufferPointer(start: proto.pointee.uint64_data, count: proto.pointee.n_uint64_data))
  }

  /// - Parameter expected: the entries that the shape takes; nil where each element has its own.
  private func check(_ name: String, _ listed: Int, _ shape: Shape, expected: Int? = nil) throws(ModelError) {
    let expected = expected ?? shape.count
    guard listed == expected, listed == count else {
      let others = count - listed
      throw ModelError(
        .tensorData,
        "\(name) has \(listed) elements, other lists have \(others), and shape \(shape) takes \(expected)",
        remedy: "the file is damaged: export it again")
    }
  }

  private func copy<Element: TensorElement>(_ list: List<Element>, _ shape: Shape) throws(ModelError) -> Tensor {
    try check(list.name, list.elements.count, shape)
    return ElementBytes(unowned: UnsafeRawBufferPointer(list.elements)).tensor(shape, Element.elementType)
  }

  private func convert<Wide, Element: TensorElement>(
    _ list: List<Wide>, _ shape: Shape, _ narrow: (Wide) -> Element?
  ) throws(ModelError) -> Tensor {
    try check(list.name, list.elements.count, shape)
    var elements: [Element] = []
    elements.reserveCapacity(shape.count)
    for wide in list.elements {
      guard let element = narrow(wide) else {
        throw ModelError(.tensorData, "\(list.name) has the element \(wide), which no \(Element.elementType) can be")
      }
      elements.append(element)
    }
    return Tensor(shape, elements)
  }

  /// Elements of at most eight bits: of six or eight bits one an entry, of less as many as a byte holds.
  private func codes(_ shape: Shape, _ elementType: ElementType) throws(ModelError) -> Tensor {
    let bits = elementType.bitCount
    let isPacked = bits <= 4
    let (name, entries) = int32
    try check(
      name, entries.count, shape, expected: isPacked ? elementType.packedByteCount(of: shape.count) : shape.count)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count)
    for entry in entries {
      // Packed bytes are signed ones in files of onnx 1.16.
      let signed = isPacked ? Int8(exactly: entry).map { UInt8(bitPattern: $0) } : nil
      guard let byte = UInt8(exactly: entry) ?? signed, isPacked || byte >> (bits - 1) <= 1 else {
        throw ModelError(.tensorData, "\(name) has the element \(entry), which no \(elementType) can be")
      }
      bytes.append(byte)
    }
    guard isPacked else { return Tensor(shape, bytes).bitCast(to: elementType) }
    return bytes.withUnsafeBytes { PackedElements.unpacked($0, shape, elementType) }
  }

  private func strings(_ shape: Shape) throws(ModelError) -> Tensor {
    let list = UnsafeBufferPointer(start: proto.pointee.string_data, count: proto.pointee.n_string_data)
    try check("string_data", list.count, shape)
    var strings: [String] = []
    for item in list {
      let bytes = UnsafeBufferPointer(start: item.data, count: item.len)
      guard let string = String(validating: bytes, as: UTF8.self) else {
        throw ModelError(.tensorData, "string_data has an element that is not UTF-8")
      }
      strings.append(string)
    }
    return Tensor(shape, strings: strings)
  }
}
