private import Glibc

/// Bytes that tensors share, written once before they are shared and never after.
///
/// What is allocated is aligned to 64; adopted bytes, such as a mapped file's, lie as they lie. At least `tailPadding`
/// bytes behind them can be read as well.
public final class TensorStorage: @unchecked Sendable {
  /// The bytes. Writable only by the one that made the storage, before it lets any tensor out.
  public let bytes: UnsafeMutableRawBufferPointer

  private let release: (@Sendable (UnsafeMutableRawBufferPointer) -> Void)?

  /// Whether the bytes are a file's, mapped without a change.
  private let isMapped: Bool

  /// Allocates `byteCount` bytes of undefined content.
  public init(byteCount: Int) {
    // Vector kernels may read, not use, up to one vector behind the last element.
    let padded = byteCount + TensorStorage.tailPadding
    if let mapped = TensorStorage.mapPages(padded) {
      bytes = mapped
      release = { munmap($0.baseAddress!, $0.count) }
    } else {
      bytes = .allocate(byteCount: padded, alignment: TensorStorage.alignment)
      release = nil
    }
    isMapped = false
  }

  /// Pages of their own for much memory, which go back to the system when they are freed: a heap would keep them, and a
  /// large model's weights pass through as many bytes. Nil for little, and where the system has none.
  private static func mapPages(_ byteCount: Int) -> UnsafeMutableRawBufferPointer? {
    guard byteCount >= leastMapped,
      let base = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), base != MAP_FAILED
    else { return nil }
    return UnsafeMutableRawBufferPointer(start: base, count: byteCount)
  }

  private static let leastMapped = 256 << 10

  /// Takes over `bytes`; calls `release` once the last tensor is gone.
  public convenience init(
    adopting bytes: UnsafeMutableRawBufferPointer,
    release: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void
  ) {
    self.init(adopting: bytes, isMapped: false, release: release)
  }

  /// Takes over a file's bytes, mapped and never to be written.
  convenience init(
    mapping bytes: UnsafeMutableRawBufferPointer,
    release: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void
  ) {
    self.init(adopting: bytes, isMapped: true, release: release)
  }

  private init(
    adopting bytes: UnsafeMutableRawBufferPointer, isMapped: Bool,
    release: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void
  ) {
    self.bytes = bytes
    self.release = release
    self.isMapped = isMapped
  }

  deinit {
    if let release { release(bytes) } else { bytes.deallocate() }
  }

  /// Gives back to the system the whole pages in `range` that a mapped file can fill again; other bytes stay.
  package func releasePages(_ range: Range<Int>) {
    guard isMapped, let base = bytes.baseAddress else { return }
    let pageSize = sysconf(CInt(_SC_PAGESIZE))
    // A mapping begins at a page.
    let first = (range.lowerBound + pageSize - 1) / pageSize * pageSize
    let end = range.upperBound / pageSize * pageSize
    // Where the system declines, the pages merely stay.
    if first < end { madvise(base + first, end - first, MADV_DONTNEED) }
  }

  /// The alignment of storage that tensors allocate, in bytes: one cache line, one AVX-512 vector.
  public static let alignment = 64

  /// Bytes behind the last element that may be read.
  public static let tailPadding = 64
}
