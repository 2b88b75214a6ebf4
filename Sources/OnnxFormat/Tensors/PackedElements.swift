import Tensors

/// Elements of less than eight bits as files pack them: one behind the other in as few bytes as hold them, the low bits
/// of a byte first.
///
/// - Source: ONNX, onnx.proto, the comments on TensorProto.raw_data.
enum PackedElements {
  /// Elements of any type, each of less than eight bits in a byte of its own.
  ///
  /// - Precondition: there are `type.packedByteCount(of: shape.count)` bytes.
  static func unpacked(_ bytes: UnsafeRawBufferPointer, _ shape: Shape, _ type: ElementType) -> Tensor {
    let bits = type.bitCount
    let storage = TensorStorage(byteCount: shape.count)
    for index in 0..<shape.count {
      let (byte, shift) = (index * bits).quotientAndRemainder(dividingBy: 8)
      var window = UInt16(bytes[byte]) >> UInt16(shift)
      if shift + bits > 8 { window |= UInt16(bytes[byte + 1]) << UInt16(8 - shift) }
      storage.bytes[index] = UInt8(window & (1 << UInt16(bits) - 1))
    }
    return Tensor(shape, type, storage: storage, offset: 0)
  }

  /// The bytes that a file keeps of a tensor whose elements are of less than eight bits.
  static func packed(_ tensor: Tensor) -> [UInt8] {
    let bits = tensor.elementType.bitCount
    var bytes = [UInt8](repeating: 0, count: tensor.elementType.packedByteCount(of: tensor.count))
    tensor.withUnsafeBytes { codes in
      for index in codes.indices {
        let (byte, shift) = (index * bits).quotientAndRemainder(dividingBy: 8)
        let window = (UInt16(codes[index]) & (1 << UInt16(bits) - 1)) << UInt16(shift)
        bytes[byte] |= UInt8(truncatingIfNeeded: window)
        if shift + bits > 8 { bytes[byte + 1] |= UInt8(window >> 8) }
      }
    }
    return bytes
  }
}

extension ElementType {
  /// The bytes that `count` elements take in a file.
  func packedByteCount(of count: Int) -> Int {
    // A shape's count times 8 fits an Int.
    bitCount < 8 ? (count * bitCount + 7) / 8 : count * byteCount
  }
}
