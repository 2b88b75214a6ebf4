import Tensors

/// The little-endian bytes of a tensor's elements, wherever they stand: in a mapped file or in an unpacked message.
struct ElementBytes {
  /// The bytes, valid as long as their owner.
  let bytes: UnsafeRawBufferPointer

  /// What owns the bytes, where a tensor may keep it; nil where the bytes must be copied.
  let storage: TensorStorage?

  /// Bytes of an unpacked message.
  init(unowned bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    storage = nil
  }

  /// A part of a mapped file.
  init(_ storage: TensorStorage, _ range: Range<Int>) {
    bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage.bytes)[range])
    self.storage = storage
  }

  /// A tensor of these bytes: over them where they are owned and many, else over a copy. Booleans become 0 or 1, and
  /// elements of less than eight bits are unpacked.
  ///
  /// - Precondition: there are as many bytes as the shape and the type take in a file, and the type is not string.
  func tensor(_ shape: Shape, _ elementType: ElementType) -> Tensor {
    if elementType.bitCount < 8 {
      defer { withExtendedLifetime(storage) {} }
      return PackedElements.unpacked(bytes, shape, elementType)
    }
    if let storage, elementType != .bool, bytes.count >= Self.leastShared {
      let offset = bytes.baseAddress! - UnsafeRawPointer(storage.bytes.baseAddress!)
      return Tensor(shape, elementType, storage: storage, offset: offset)
    }
    let copy = TensorStorage(byteCount: bytes.count)
    if bytes.count > 0 { copy.bytes.copyMemory(from: bytes) }
    if elementType == .bool { for index in bytes.indices where bytes[index] > 1 { copy.bytes[index] = 1 } }
    withExtendedLifetime(storage) {}
    return Tensor(shape, elementType, storage: copy, offset: 0)
  }

  /// Fewer bytes than this are not worth keeping a file mapped for.
  private static let leastShared = 1024
}
