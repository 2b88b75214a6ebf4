private import Glibc
private import Synchronization

/// Hands out tensor storage and takes it back at a tensor's end for the next one of like size.
///
/// A run that allocates the same sizes again and again then touches no fresh pages. Safe to share between threads.
public final class TensorAllocator: Sendable {
  private struct State: ~Copyable {
    /// Idle buffers by their size.
    var free: [Int: [Buffer]] = [:]
    var freeBytes = 0
    var usedBytes = 0
    var peakBytes = 0
  }

  /// Memory that one owner at a time holds: this allocator while it is idle, a storage while it is used.
  private struct Buffer: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer
  }

  private let state = Mutex(State())

  /// The most bytes that may be in use at a time; an allocation beyond it throws.
  public let limit: Int

  /// - Parameter limit: in bytes; the machine's memory where that is less.
  public init(limit: Int = .max) { self.limit = min(limit, Self.machineMemory) }

  /// The bytes of memory that the machine has.
  private static let machineMemory = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))

  /// The most bytes in use at any one time since the allocator was made.
  public var peakBytes: Int { state.withLock { $0.peakBytes } }

  deinit {
    state.withLock { state in
      for buffers in state.free.values { for buffer in buffers { free(buffer.bytes.baseAddress) } }
    }
  }

  /// Storage of at least `byteCount` bytes of undefined content.
  ///
  /// - Throws: `AllocationError` where the bytes in use would pass `limit`, or the system has no more to give.
  func storage(byteCount: Int) throws(AllocationError) -> TensorStorage {
    let size = Self.roundedSize(byteCount + TensorStorage.tailPadding)
    let reused: Buffer?? = state.withLock { state in
      guard size <= limit - state.usedBytes else { return .none }
      state.usedBytes += size
      state.peakBytes = max(state.peakBytes, state.usedBytes)
      if let buffer = state.free[size]?.popLast() {
        state.freeBytes -= size
        return .some(buffer)
      }
      return .some(nil)
    }
    guard let reused else {
      throw AllocationError(
        "the tensors of this run need more than the \(limit) bytes allowed (asked for \(byteCount) more)")
    }
    let bytes = if let reused { reused.bytes } else { try allocate(size) }
    return TensorStorage(adopting: bytes) { [self] bytes in take(back: bytes) }
  }

  /// Fresh memory, for which room was already made in the count of used bytes.
  private func allocate(_ size: Int) throws(AllocationError) -> UnsafeMutableRawBufferPointer {
    var start: UnsafeMutableRawPointer?
    guard posix_memalign(&start, TensorStorage.alignment, size) == 0, let start else {
      state.withLock { $0.usedBytes -= size }
      throw AllocationError("the system has no \(size) bytes of memory left for a tensor")
    }
    return UnsafeMutableRawBufferPointer(start: start, count: size)
  }

  private func take(back bytes: UnsafeMutableRawBufferPointer) {
    let size = bytes.count
    let buffer = Buffer(bytes: bytes)
    let isSurplus: Bool = state.withLock { state in
      state.usedBytes -= size
      // Keep no more idle memory than the run has needed at its peak: runs use sizes in turn.
      guard state.freeBytes + size <= min(state.peakBytes, limit - state.usedBytes) else { return true }
      state.free[size, default: []].append(buffer)
      state.freeBytes += size
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
