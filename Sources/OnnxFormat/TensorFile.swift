import COnnxProto
public import Tensors

/// Files of one `TensorProto`, as ONNX's test suites keep inputs and outputs.
public enum TensorFile {
  /// Reads a tensor. The file does not say what it holds: `ValueFile` reads sequences and optional values.
  ///
  /// - Throws: `ModelError`.
  public static func read(
    _ path: String, limits: Limits = .default
  ) throws(ModelError) -> (name: String, tensor: Tensor) {
    do throws(ModelError) {
      return try read(FileContent(path: path, limits: limits), limits: limits)
    } catch { throw error.at(path: path) }
  }

  /// Reads a tensor from memory.
  ///
  /// - Throws: `ModelError`.
  public static func read(
    bytes: [UInt8], limits: Limits = .default
  ) throws(ModelError) -> (name: String, tensor: Tensor) {
    try read(FileContent(bytes, limits: limits), limits: limits)
  }

  private static func read(
    _ content: FileContent, limits: Limits
  ) throws(ModelError) -> (name: String, tensor: Tensor) {
    let scan = try content.scan(as: WireSchema.tensor, limits: limits)
    let unpacked = try Unpacked<Onnx__TensorProto>(scan, schema: WireSchema.tensor, limits: limits)
    let decoding = TensorDecoding(content: content, payloads: scan.payloads, limits: limits)
    let tensor = try decoding.tensor(unpacked.message, external: nil)
    return (text(unpacked.message.pointee.name), tensor)
  }

  /// Writes a tensor, whole or not at all: elements as `raw_data`, strings as `string_data`.
  ///
  /// - Throws: `ModelError` of the kind `inputOutput`.
  public static func write(_ tensor: Tensor, name: String = "", to path: String) throws(ModelError) {
    var header: [UInt8] = []
    for extent in tensor.shape.dimensions { append(varint: UInt64(extent), field: 1, to: &header) }
    append(varint: UInt64(tensor.elementType.rawValue), field: 2, to: &header)
    if tensor.elementType == .string {
      for string in tensor.strings { append(bytes: Array(string.utf8), field: 6, to: &header) }
    }
    if !name.isEmpty { append(bytes: Array(name.utf8), field: 8, to: &header) }
    if tensor.elementType != .string {
      header.append(9 << 3 | 2)
      append(varint: UInt64(tensor.elementType.packedByteCount(of: tensor.count)), to: &header)
    }
    do throws(FileError) {
      try AtomicFile.write(to: path) { (output) throws(FileError) in
        try output.write(header)
        guard tensor.elementType != .string else { return }
        guard tensor.elementType.bitCount >= 8 else { return try output.write(PackedElements.packed(tensor)) }
        try tensor.withUnsafeBytes { (bytes) throws(FileError) in try output.write(bytes) }
      }
    } catch { throw ModelError(error) }
  }

  private static func append(varint value: UInt64, field: UInt8, to bytes: inout [UInt8]) {
    bytes.append(field << 3)
    append(varint: value, to: &bytes)
  }

  private static func append(bytes content: [UInt8], field: UInt8, to bytes: inout [UInt8]) {
    bytes.append(field << 3 | 2)
    append(varint: UInt64(content.count), to: &bytes)
    bytes += content
  }

  private static func append(varint value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
