internal import CKernels
private import Glibc

/// Floats aligned to cache lines, and on large pages where there are many.
///
/// Whoever shares it sees to it that no two threads touch the same floats while one writes them.
package final class FloatStorage: @unchecked Sendable {
  package let elements: UnsafeMutableBufferPointer<Float>

  /// What the system has mapped for this storage alone; nil where the memory is the heap's.
  private let mapping: UnsafeMutableRawBufferPointer?

  /// Floats of undefined content.
  package init(count: Int) {
    let byteCount = max(count, 1) * 4
    mapping = FloatStorage.mapLargePages(byteCount)
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

  /// Zeros on large pages, as far as these are filled for the most part; nil where there would be none, and where the
  /// system has no room.
  ///
  /// Weights and maps of many megabytes would miss the translation buffer all the time on small pages, and each of
  /// these would be cleared and entered at its own first use.
  private static func mapLargePages(_ byteCount: Int) -> UnsafeMutableRawBufferPointer? {
    let largeCount = (byteCount + largePage / 2) / largePage * largePage
    guard largeCount > 0 else { return nil }
    let wanted = max(byteCount.roundedUp(to: Int(sysconf(CInt(_SC_PAGESIZE)))), largeCount)
    let reserved = wanted + largePage
    guard let base = mmap(nil, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      base != MAP_FAILED
    else { return nil }
    let skipped = (largePage - Int(bitPattern: base) % largePage) % largePage
    let start = base + skipped
    if skipped > 0 { munmap(base, skipped) }
    if skipped < largePage { munmap(start + wanted, largePage - skipped) }
    madvise(start, largeCount, MADV_HUGEPAGE)
    return UnsafeMutableRawBufferPointer(start: start, count: wanted)
  }

  private static let largePage = 2 << 20
}

/// The calling thread's working memory: `count` floats, until the thread asks again.
func scratch(_ count: Int) -> UnsafeMutablePointer<Float> {
  guard let floats = ckernels_scratch(count) else { fatalError("no memory for \(count) floats of working memory") }
  return floats
}
