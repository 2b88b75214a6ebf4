/// Bytes that tensors share, written once before they are shared and never after.
///
/// What is allocated is aligned to 64; of adopted bytes, such as a mapped file's, a tensor's are aligned to its
/// elements alone, and at least `tailPadding` bytes behind them can be read as well.
public final class TensorStorage: @unchecked Sendable {
  /// The bytes. Writable only by the one that made the storage, before it lets any tensor out.
  public let bytes: UnsafeMutableRawBufferPointer

  private let release: (@Sendable (UnsafeMutableRawBufferPointer) -> Void)?

  /// Allocates `byteCount` bytes of undefined content.
  public init(byteCount: Int) {
    // Vector kernels may read, not use, up to one vector behind the last element.
    bytes = .allocate(byteCount: byteCount + TensorStorage.tailPadding, alignment: TensorStorage.alignment)
    release = nil
  }

  /// Takes over `bytes`; calls `release` once the last tensor is gone.
  public init(
    adopting bytes: UnsafeMutableRawBufferPointer,
    release: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void
  ) {
    self.bytes = bytes
    self.release = release
  }

  deinit {
    if let release { release(bytes) } else { bytes.deallocate() }
  }

  /// The alignment of storage that tensors allocate, in bytes: one cache line, one AVX-512 vector.
  public static let alignment = 64

  /// Bytes behind the last element that may be read.
  public static let tailPadding = 64
}
