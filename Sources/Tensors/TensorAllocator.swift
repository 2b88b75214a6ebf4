private import Glibc

/// Hands out tensor storage and takes it back at a tensor's end for the next one of like size.
///
/// A run that allocates the same sizes again and again then touches no fresh pages. Safe to share between threads.
public final class TensorAllocator: @unchecked Sendable {
  // All of these are touched under the lock alone.
  /// Idle buffers by their size.
  private var idle: [Int: [UnsafeMutableRawBufferPointer]] = [:]
  private var idleBytes = 0
  private var usedBytes = 0
  private var highestUse = 0
  private let lock = SystemLock()

  /// The most bytes that may be in use at a time; an allocation beyond it throws.
  public let limit: Int

  /// - Parameter limit: in bytes; the machine's memory where that is less.
  public init(limit: Int = .max) { self.limit = min(limit, Self.machineMemory) }

  /// The bytes of memory that the machine has.
  private static let machineMemory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))

  /// The most bytes in use at any one time since the allocator was made.
  public var peakBytes: Int { lock.withLock { highestUse } }

  deinit {
    for buffers in idle.values { for bytes in buffers { free(bytes.baseAddress) } }
  }

  /// Storage of at least `byteCount` bytes of undefined content.
  ///
  /// - Throws: `AllocationError` where the bytes in use would pass `limit`, or the system has no more to give.
  func storage(byteCount: Int) throws(AllocationError) -> TensorStorage {
    let size = Self.roundedSize(byteCount + TensorStorage.tailPadding)
    guard reserve(size) else {
      throw AllocationError(
        "the tensors of this run need more than the \(limit) bytes allowed (asked for \(byteCount) more)")
    }
    let bytes = if let reused = takeIdle(size) { reused } else { try allocate(size) }
    return TensorStorage(adopting: bytes) { [self] bytes in take(back: bytes) }
  }

  /// Counts `size` more bytes as used, unless that passes the limit.
  private func reserve(_ size: Int) -> Bool {
    lock.withLock {
      guard size <= limit - usedBytes else { return false }
      usedBytes += size
      highestUse = max(highestUse, usedBytes)
      return true
    }
  }

  private func takeIdle(_ size: Int) -> UnsafeMutableRawBufferPointer? {
    lock.withLock {
      guard let bytes = idle[size]?.popLast() else { return nil }
      idleBytes -= size
      return bytes
    }
  }

  /// Fresh memory, which is counted as used already.
  private func allocate(_ size: Int) throws(AllocationError) -> UnsafeMutableRawBufferPointer {
    var start: UnsafeMutableRawPointer?
    guard posix_memalign(&start, TensorStorage.alignment, size) == 0, let start else {
      lock.withLock { usedBytes -= size }
      throw AllocationError("the system has no \(size) bytes of memory left for a tensor")
    }
    return UnsafeMutableRawBufferPointer(start: start, count: size)
  }

  private func take(back bytes: UnsafeMutableRawBufferPointer) {
    let isSurplus = lock.withLock {
      usedBytes -= bytes.count
      // Keep no more idle memory than the run has needed at its peak: runs use sizes in turn.
      guard idleBytes + bytes.count <= min(highestUse, limit - usedBytes) else { return true }
      idle[bytes.count, default: []].append(bytes)
      idleBytes += bytes.count
      return false
    }
    if isSurplus { free(bytes.baseAddress) }
  }

  /// Rounds up to a size class: eight classes between a power of two and the next, at least 64 bytes apart.
  static func roundedSize(_ byteCount: Int) -> Int {
    let bits = Int.bitWidth - max(byteCount, 1).leadingZeroBitCount
    let step = max(64, 1 << max(bits - 4, 0))
    return (byteCount + step - 1) / step * step
  }
}

/// More memory was asked for than is allowed.
public struct AllocationError: Error, Sendable, CustomStringConvertible {
  /// What was asked for, as a clause without a full stop.
  public let description: String

  init(_ description: String) { self.description = description }
}
