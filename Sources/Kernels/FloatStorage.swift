internal import CKernels
private import Glibc

/// Floats aligned to cache lines, and to large pages where there are many.
///
/// Whoever shares it sees to it that no two threads touch the same floats while one writes them.
package final class FloatStorage: @unchecked Sendable {
  package let elements: UnsafeMutableBufferPointer<Float>

  package init(count: Int) {
    let byteCount = max(count, 1) * 4
    let isLarge = byteCount >= 2 * Self.largePage
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: byteCount, alignment: isLarge ? Self.largePage : 64)
    // Weights and maps of many megabytes would miss the translation buffer all the time on small pages.
    if isLarge { madvise(bytes.baseAddress, byteCount / Self.largePage * Self.largePage, MADV_HUGEPAGE) }
    elements = UnsafeMutableBufferPointer(rebasing: bytes.bindMemory(to: Float.self)[..<count])
  }

  /// Zeros.
  package convenience init(zeros count: Int) {
    self.init(count: count)
    elements.update(repeating: 0)
  }

  deinit { UnsafeMutableRawPointer(elements.baseAddress!).deallocate() }

  package var start: UnsafeMutablePointer<Float> { elements.baseAddress! }

  private static let largePage = 2 << 20
}

/// The calling thread's working memory: `count` floats, until the thread asks again.
func scratch(_ count: Int) -> UnsafeMutablePointer<Float> {
  guard let floats = ckernels_scratch(count) else { fatalError("no memory for \(count) floats of working memory") }
  return floats
}
