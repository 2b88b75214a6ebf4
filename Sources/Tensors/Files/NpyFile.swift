/// NumPy's file of one array.
///
/// - Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays"; format versions 1.0 to 3.0.
public enum NpyFile {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Reads an array of booleans, integers or floats, in either byte order and either order of axes.
  ///
  /// - Parameter maximumBytes: the most bytes that the elements may take.
  /// - Throws: `FileError`: `malformed` where header and length do not fit together, `unsupported` for records, text
  ///   and objects, `resourceLimit` past `maximumBytes`, `inputOutput` where reading fails.
  public static func read(_ path: String, maximumBytes: Int = 1 << 34) throws(FileError) -> Tensor {
    let file = try InputFile(path: path)
    return try read(file, in: 0..<file.byteCount, maximumBytes: maximumBytes)
  }

  /// Reads an array that takes up a part of a file.
  ///
  /// - Precondition: the part lies in the file.
  static func read(
    _ file: borrowing InputFile, in part: Range<Int>, maximumBytes: Int
  ) throws(FileError) -> Tensor {
    let path = file.path
    let (header, start) = try header(of: file, in: part)
    let byteCount = header.shape.count * header.elementType.byteCount
    guard byteCount <= maximumBytes else {
      throw FileError(
        .resourceLimit, path: path, "its elements take \(byteCount) bytes, more than the \(maximumBytes) allowed")
    }
    guard part.upperBound - start == byteCount else {
      throw FileError(
        .malformed, path: path,
        "shape \(header.shape) of \(header.elementType) takes \(byteCount) bytes, and \(part.upperBound - start) follow "
          + "the header")
    }
    let storage = TensorStorage(byteCount: byteCount)
    let bytes = UnsafeMutableRawBufferPointer(rebasing: storage.bytes[..<byteCount])
    try file.read(into: bytes, from: start)
    if header.isBigEndian { swapBytes(of: bytes, size: header.elementType.byteCount) }
    if header.elementType == .bool { for index in bytes.indices where bytes[index] > 1 { bytes[index] = 1 } }
    guard header.isColumnMajor, header.shape.rank > 1 else {
      return Tensor(header.shape, header.elementType, storage: storage, offset: 0)
    }
    return rowMajor(from: storage, shape: header.shape, elementType: header.elementType)
  }

  /// Writes an array, little-endian and row-major, in format version 1.0, whole or not at all.
  ///
  /// - Throws: `FileError`: `unsupported` for bfloat16 and strings, which the format lacks; `inputOutput`.
  public static func write(_ tensor: Tensor, to path: String) throws(FileError) {
    guard let code = tensor.elementType.npyCode else {
      throw FileError(.unsupported, path: path, "the .npy format has no \(tensor.elementType); cast to float32 first")
    }
    let order = tensor.elementType.byteCount == 1 ? "|" : "<"
    let extents = tensor.shape.dimensions.map(String.init).joined(separator: ", ")
    let shape = tensor.shape.rank == 1 ? "(\(extents),)" : "(\(extents))"
    var text = Array("{'descr': '\(order)\(code)', 'fortran_order': False, 'shape': \(shape), }".utf8)
    // Magic, version and length take 10 bytes; the elements begin at a multiple of 64.
    let length = (10 + text.count + 1 + 63) / 64 * 64 - 10
    text += [UInt8](repeating: 0x20, count: length - text.count - 1) + [0x0a]
    let header = magic + [1, 0, UInt8(truncatingIfNeeded: length), UInt8(length >> 8)] + text
    try AtomicFile.write(to: path) { (output) throws(FileError) in
      try output.write(header)
      try tensor.withUnsafeBytes { (bytes) throws(FileError) in try output.write(bytes) }
    }
  }

  /// - Returns: the header, and where the elements begin in the file.
  private static func header(
    of file: borrowing InputFile, in part: Range<Int>
  ) throws(FileError) -> (NpyHeader, start: Int) {
    let path = file.path
    guard part.count >= 10 else { throw FileError(.malformed, path: path, "is too short for an .npy file") }
    var prefix = [UInt8](repeating: 0, count: min(12, part.count))
    try file.read(filling: &prefix, from: part.lowerBound)
    guard prefix.starts(with: magic) else { throw FileError(.malformed, path: path, "is not an .npy file") }
    let version = prefix[6]
    guard (1...3).contains(version), prefix[7] == 0, version == 1 || prefix.count == 12 else {
      throw FileError(.unsupported, path: path, "has .npy version \(version).\(prefix[7]); 1.0 to 3.0 are read")
    }
    let lengthSize = version == 1 ? 2 : 4
    let length = prefix[8..<8 + lengthSize].reversed().reduce(0) { $0 << 8 | Int($1) }
    let start = part.lowerBound + 8 + lengthSize + length
    guard length <= NpyHeader.maximumLength, start <= part.upperBound else {
      throw FileError(.malformed, path: path, "claims a header of \(length) bytes")
    }
    var text = [UInt8](repeating: 0, count: length)
    try file.read(filling: &text, from: part.lowerBound + 8 + lengthSize)
    do { return (try NpyHeader(parsing: text), start) } catch {
      throw FileError(error.kind, path: path, error.message)
    }
  }

  private static func swapBytes(of bytes: UnsafeMutableRawBufferPointer, size: Int) {
    guard size > 1 else { return }
    for start in stride(from: 0, to: bytes.count, by: size) {
      for offset in 0..<size / 2 { bytes.swapAt(start + offset, start + size - 1 - offset) }
    }
  }

  /// Reorders elements whose first axis varies fastest so that the last does.
  private static func rowMajor(
    from source: TensorStorage, shape: Shape, elementType: ElementType
  ) -> Tensor {
    let size = elementType.byteCount
    let storage = TensorStorage(byteCount: shape.count * size)
    var steps = [Int](repeating: size, count: shape.rank)
    for axis in 1..<shape.rank { steps[axis] = steps[axis - 1] * shape[axis - 1] }
    var index = [Int](repeating: 0, count: shape.rank)
    var from = 0
    for position in 0..<shape.count {
      (storage.bytes.baseAddress! + position * size).copyMemory(from: source.bytes.baseAddress! + from, byteCount: size)
      var axis = shape.rank - 1
      while axis >= 0 {
        index[axis] += 1
        from += steps[axis]
        if index[axis] < shape[axis] { break }
        from -= steps[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
    }
    return Tensor(shape, elementType, storage: storage, offset: 0)
  }
}
