internal import CKernels

/// Floats aligned to cache lines, written by its maker before it is shared and never after.
final class FloatStorage: @unchecked Sendable {
  let elements: UnsafeMutableBufferPointer<Float>

  init(count: Int) {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
    elements = UnsafeMutableBufferPointer(rebasing: bytes.bindMemory(to: Float.self)[..<count])
  }

  deinit { UnsafeMutableRawPointer(elements.baseAddress!).deallocate() }

  var start: UnsafeMutablePointer<Float> { elements.baseAddress! }
}

/// The calling thread's working memory: `count` floats, until the thread asks again.
func scratch(_ count: Int) -> UnsafeMutablePointer<Float> {
  guard let floats = ckernels_scratch(count) else { fatalError("no memory for \(count) floats of working memory") }
  return floats
}
