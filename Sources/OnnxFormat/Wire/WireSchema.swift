import COnnxProto
import CProtobufC

/// What the fields of one message type are, read from the generated descriptor, so that the scan and the unpacking
/// cannot disagree.
final class WireSchema: @unchecked Sendable {
  /// A field's type as far as the scan must know it.
  enum FieldType: Sendable, Equatable {
    case varint
    /// 4 or 8 bytes.
    case fixed(Int)
    case string
    case bytes
    /// A message, by its place in the list of all schemas.
    case message(Int)
  }

  struct Field: Sendable {
    let name: String
    let type: FieldType
    let isRepeated: Bool
    /// The bytes that one value takes in the unpacked message, apart from what it points to.
    let slotBytes: Int
    /// Whether this is `TensorProto.raw_data`, which the scan takes out.
    let isRawData: Bool
  }

  /// The message type's name, without the package.
  let name: String

  /// Whether this is `TensorProto`.
  let isTensor: Bool

  /// The bytes of the unpacked message itself.
  let structBytes: Int

  /// The fields by number; nil for numbers that the schema lacks.
  let fields: [Field?]

  /// What protobuf-c unpacks by: a constant of the program, which makes the class safe to share.
  let descriptor: UnsafePointer<ProtobufCMessageDescriptor>

  private init(_ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, fields: [Field?]) {
    self.descriptor = descriptor
    self.fields = fields
    name = String(cString: descriptor.pointee.short_name)
    isTensor = name == "TensorProto"
    structBytes = descriptor.pointee.sizeof_message
  }

  /// All message types that a model or a value's file holds; the model's is the first.
  static let all: [WireSchema] = makeAll(from: [
    connxproto_model_descriptor(), connxproto_sequence_descriptor(), connxproto_optional_descriptor(),
  ])

  static var model: WireSchema { all[0] }

  static let tensor: WireSchema = all.first { $0.isTensor }!

  /// The number of `TensorProto.raw_data`.
  static let rawDataNumber = tensor.fields.firstIndex { $0?.isRawData == true }!

  static var sequence: WireSchema { all[1] }

  static var optional: WireSchema { all[2] }

  private static func makeAll(from roots: [UnsafePointer<ProtobufCMessageDescriptor>?]) -> [WireSchema] {
    var descriptors = roots.map { $0! }
    var places = Dictionary(uniqueKeysWithValues: descriptors.enumerated().map { ($1, $0) })
    var schemas: [WireSchema] = []
    while schemas.count < descriptors.count {
      let descriptor = descriptors[schemas.count].pointee
      var fields: [Field?] = []
      for field in UnsafeBufferPointer(start: descriptor.fields, count: Int(descriptor.n_fields)) {
        let number = Int(field.id)
        if fields.count <= number { fields += [Field?](repeating: nil, count: number + 1 - fields.count) }
        let name = String(cString: field.name)
        var place = 0
        if field.type == PROTOBUF_C_TYPE_MESSAGE {
          let inner = field.descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
          place = places[inner] ?? descriptors.count
          if place == descriptors.count {
            places[inner] = place
            descriptors.append(inner)
          }
        }
        let (type, slotBytes) = fieldType(field.type, messageAt: place)
        fields[number] = Field(
          name: name, type: type, isRepeated: field.label == PROTOBUF_C_LABEL_REPEATED, slotBytes: slotBytes,
          isRawData: name == "raw_data")
      }
      schemas.append(WireSchema(descriptors[schemas.count], fields: fields))
    }
    return schemas
  }

  private static func fieldType(_ type: ProtobufCType, messageAt place: Int) -> (FieldType, slotBytes: Int) {
    switch type {
    case PROTOBUF_C_TYPE_MESSAGE: (.message(place), MemoryLayout<UnsafeRawPointer>.size)
    case PROTOBUF_C_TYPE_STRING: (.string, MemoryLayout<UnsafeRawPointer>.size)
    case PROTOBUF_C_TYPE_BYTES: (.bytes, MemoryLayout<ProtobufCBinaryData>.size)
    case PROTOBUF_C_TYPE_FLOAT, PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_SFIXED32: (.fixed(4), 4)
    case PROTOBUF_C_TYPE_DOUBLE, PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_SFIXED64: (.fixed(8), 8)
    default: (.varint, 8)
    }
  }
}
