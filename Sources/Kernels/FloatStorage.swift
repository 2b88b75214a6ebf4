internal import CKernels
private import Glibc

/// Floats aligned to cache lines, and mapped for themselves where there are many.
///
/// Whoever shares it sees to it that no two threads touch the same floats while one writes them.
package final class FloatStorage: @unchecked Sendable {
  package let elements: UnsafeMutableBufferPointer<Float>

  /// What the system has mapped for this storage alone; nil where the memory is the heap's.
  private let mapping: UnsafeMutableRawBufferPointer?

  /// Floats of undefined content.
  package init(count: Int) {
    let byteCount = max(count, 1) * 4
    mapping = FloatStorage.mapPages(byteCount)
    let bytes = mapping ?? .allocate(byteCount: byteCount, alignment: 64)
    elements = UnsafeMutableBufferPointer(rebasing: bytes.bindMemory(to: Float.self)[..<count])
  }

  /// Zeros.
  package convenience init(zeros count: Int) {
    self.init(count: count)
    // What is mapped is zero from the start.
    if mapping == nil { elements.update(repeating: 0) }
  }

  deinit {
    if let mapping {
      munmap(mapping.baseAddress!, mapping.count)
    } else {
      UnsafeMutableRawPointer(elements.baseAddress!).deallocate()
    }
  }

  package var start: UnsafeMutablePointer<Float> { elements.baseAddress! }

  /// Whether no float is infinite or NaN.
  func isFinite(pool: ThreadPool) -> Bool {
    let source = Shared(start)
    let count = elements.count
    let pieceCount = count.dividedRoundingUp(by: Self.checkedAtATime)
    let found = FloatStorage(zeros: pieceCount)
    let results = Shared(found.start)
    pool.forEach(pieceCount) { piece in
      let first = piece * Self.checkedAtATime
      var carries: UInt32 = 0
      for index in first..<min(first + Self.checkedAtATime, count) {
        // The exponent of all ones, and no other, carries into the sign.
        carries |= (source.value[index].bitPattern & 0x7fff_ffff) &+ 0x0080_0000
      }
      results.value[piece] = carries >> 31 == 0 ? 0 : 1
    }
    return found.elements.allSatisfy { $0 == 0 }
  }

  private static let checkedAtATime = 1 << 16

  /// 1 where weights are too many for a core's second-level cache, so that kernels fetch them ahead of their use.
  var streams: CInt { elements.count >= Self.leastStreamed ? 1 : 0 }

  /// Zeros of whole pages, which the system clears when they are first touched; nil where a heap does as well, and where
  /// the system has no room.
  ///
  /// On pages of the usual size: asking for large ones made the first touch of half a gigabyte a second slower on a
  /// virtual machine whose host had taken the memory back, and nothing measurably faster after.
  private static func mapPages(_ byteCount: Int) -> UnsafeMutableRawBufferPointer? {
    guard byteCount >= leastMapped else { return nil }
    let count = byteCount.roundedUp(to: Int(sysconf(CInt(_SC_PAGESIZE))))
    guard let base = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), base != MAP_FAILED
    else { return nil }
    return UnsafeMutableRawBufferPointer(start: base, count: count)
  }

  private static let leastMapped = 1 << 20

  /// 4 MB: caches of 1 to 2 MB are usual.
  private static let leastStreamed = 1 << 20
}

/// The calling thread's working memory: `count` floats, until the thread asks again.
func scratch(_ count: Int) -> UnsafeMutablePointer<Float> {
  guard let floats = ckernels_scratch(count) else { fatalError("no memory for \(count) floats of working memory") }
  return floats
}
