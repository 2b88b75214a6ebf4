import Tensors

/// A pass over a file's bytes that checks what unpacking takes for granted, and takes the weights out.
///
/// protobuf-c bounds neither depth nor memory. So before it sees a byte: every length lies inside of its parent, depth
/// and counts keep to the limits, fields have the types of the schema, and what stands once stands once.
///
/// The result is the skeleton: the same file without fields that the schema lacks, in which each `raw_data` of 8 bytes
/// or more is replaced by 8 bytes that tell its place in `payloads`. Nothing shorter than 8 bytes is replaced, so that
/// a length of 8 always means a replaced one. Long packed lists of floats and doubles, whose bytes are the same as raw
/// data, become raw data. Lengths keep their width, padded where the number shrinks.
///
/// Complexity: linear in the bytes, those taken out apart, which are skipped.
struct WireScan {
  /// What to unpack instead of the file.
  private(set) var skeleton: [UInt8] = []

  /// Where in the bytes the raw data stand.
  private(set) var payloads: [Range<Int>] = []

  /// The bytes that a replaced payload has in the skeleton.
  static let replacedLength = 8

  private var cursor: WireCursor
  private let limits: Limits
  private var fieldCount = 0
  private var messageCount = 0
  private var unpackedBytes = 0

  /// - Throws: `ModelError` with the codes `wireFormat` and `limit`.
  init(_ bytes: UnsafeRawBufferPointer, as schema: WireSchema, limits: Limits) throws(ModelError) {
    cursor = WireCursor(bytes: bytes, position: 0)
    self.limits = limits
    try scan(schema, end: bytes.count, depth: 1)
  }

  private mutating func scan(_ schema: WireSchema, end: Int, depth: Int) throws(ModelError) {
    guard depth <= min(limits.maximumDepth, Limits.greatestDepth) else {
      throw limit("messages stand more than \(limits.maximumDepth) deep in one another", "maximumDepth")
    }
    messageCount += 1
    guard messageCount <= limits.maximumMessageCount else {
      throw limit("the file has more than \(limits.maximumMessageCount) messages", "maximumMessageCount")
    }
    try account(schema.structBytes)
    let packed = schema.isTensor ? cursor.packedElements(end: end) : nil
    var seen: UInt64 = 0
    while cursor.position < end {
      let start = cursor.position
      guard let tag = cursor.varint(maximumLength: 5, end: end), tag >> 3 >= 1, tag >> 3 < 1 << 29 else {
        throw malformed("a field's number cannot be read", schema, at: start)
      }
      fieldCount += 1
      guard fieldCount <= limits.maximumFieldCount else {
        throw limit("the file has more than \(limits.maximumFieldCount) fields", "maximumFieldCount")
      }
      if let packed, packed.tag == start {
        skeleton += [UInt8(WireSchema.rawDataNumber << 3 | 2), UInt8(Self.replacedLength)]
        replace(packed.bytes)
        cursor.position = packed.bytes.upperBound
        continue
      }
      let number = Int(tag >> 3)
      let wireType = UInt8(tag & 7)
      guard number < schema.fields.count, let field = schema.fields[number] else {
        _ = try skipValue(wireType, schema, start: start, end: end)
        continue
      }
      if !field.isRepeated {
        guard seen & 1 << UInt64(number) == 0 else {
          throw malformed("\(field.name) stands twice", schema, at: start)
        }
        seen |= 1 << UInt64(number)
      }
      try scan(field, wireType, schema, start: start, end: end, depth: depth)
    }
  }

  /// Checks one known field, whose tag has been read, and copies it to the skeleton.
  private mutating func scan(
    _ field: WireSchema.Field, _ wireType: UInt8, _ schema: WireSchema, start: Int, end: Int, depth: Int
  ) throws(ModelError) {
    let lengthStart = cursor.position
    let value = try skipValue(wireType, schema, start: start, end: end)
    switch (field.type, wireType) {
    case (.message(let inner), 2):
      try account(field.slotBytes)
      let lengthWidth = value.lowerBound - lengthStart
      copy(start..<value.lowerBound)
      let innerStart = skeleton.count
      cursor.position = value.lowerBound
      try scan(WireSchema.all[inner], end: value.upperBound, depth: depth + 1)
      patchLength(skeleton.count - innerStart, width: lengthWidth, before: innerStart)
    case (.bytes, 2) where field.isRawData && value.count >= Self.replacedLength:
      let lengthWidth = value.lowerBound - lengthStart
      copy(start..<value.lowerBound)
      patchLength(Self.replacedLength, width: lengthWidth, before: skeleton.count)
      replace(value)
    case (.string, 2):
      guard !cursor.bytes[value].contains(0) else {
        throw malformed("\(field.name) has a NUL character", schema, at: start)
      }
      try account(field.slotBytes + value.count + 1)
      copy(start..<value.upperBound)
    case (.bytes, 2):
      try account(field.slotBytes + value.count)
      copy(start..<value.upperBound)
    case (.varint, 0), (.fixed(4), 5), (.fixed(8), 1):
      try account(field.slotBytes)
      copy(start..<value.upperBound)
    case (.varint, 2) where field.isRepeated:
      guard let count = cursor.varintCount(in: value) else {
        throw malformed("\(field.name) is not a list of integers", schema, at: start)
      }
      try account(count * field.slotBytes)
      copy(start..<value.upperBound)
    case (.fixed(let size), 2) where field.isRepeated:
      guard value.count % size == 0 else {
        throw malformed("\(field.name) is not a list of \(size)-byte numbers", schema, at: start)
      }
      try account(value.count)
      copy(start..<value.upperBound)
    default:
      throw malformed("\(field.name) has wire type \(wireType), which is not its own", schema, at: start)
    }
  }

  /// Moves behind a field's value, whose tag began at `start`, and gives the value's place, a length before it apart.
  private mutating func skipValue(
    _ wireType: UInt8, _ schema: WireSchema, start: Int, end: Int
  ) throws(ModelError) -> Range<Int> {
    var from = cursor.position
    let isWhole: Bool
    switch wireType {
    case 0: isWhole = cursor.varint(end: end) != nil
    case 1: isWhole = cursor.skip(8, end: end)
    case 5: isWhole = cursor.skip(4, end: end)
    case 2:
      // Five bytes hold 35 bits, and more is more than protobuf-c reads.
      guard let length = cursor.varint(maximumLength: 5, end: end) else {
        throw malformed("a field's length cannot be read", schema, at: start)
      }
      from = cursor.position
      isWhole = cursor.skip(Int(length), end: end)
    default: throw malformed("wire type \(wireType) is not used by ONNX", schema, at: start)
    }
    guard isWhole else { throw malformed("a field reaches beyond the end", schema, at: start) }
    return from..<cursor.position
  }

  /// Takes bytes out: their place in the list of payloads comes in their stead.
  private mutating func replace(_ payload: Range<Int>) {
    withUnsafeBytes(of: UInt64(payloads.count).littleEndian) { skeleton.append(contentsOf: $0) }
    payloads.append(payload)
  }

  private mutating func copy(_ range: Range<Int>) {
    skeleton.append(contentsOf: UnsafeRawBufferPointer(rebasing: cursor.bytes[range]))
  }

  /// Writes a length that has shrunk in the bytes that it took before.
  private mutating func patchLength(_ length: Int, width: Int, before end: Int) {
    for index in 0..<width {
      let isLast = index == width - 1
      skeleton[end - width + index] = UInt8(length >> (7 * index) & 0x7f) | (isLast ? 0 : 0x80)
    }
  }

  private mutating func account(_ byteCount: Int) throws(ModelError) {
    unpackedBytes += byteCount
    guard unpackedBytes <= limits.unpackingBudget else {
      throw limit("the file unpacks to more than \(limits.unpackingBudget) bytes", "unpackingBudget")
    }
  }

  private func malformed(_ what: String, _ schema: WireSchema, at position: Int) -> ModelError {
    ModelError(
      .wireFormat, "\(what), in a \(schema.name) at byte \(position)",
      remedy: "the file is damaged, cut off or not ONNX: fetch or export it again")
  }

  private func limit(_ what: String, _ name: String) -> ModelError {
    ModelError(.limit, what, remedy: "where the file is to be trusted, raise the limit \(name)")
  }
}
