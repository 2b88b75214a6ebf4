import Kernels

extension ThreadPool {
  /// About how many elements of cheap work one thread takes at a time.
  static let chunk = 1 << 14

  /// Splits the indices below `count` into runs of `length`, the last one shorter, and spreads them over the threads.
  ///
  /// The split depends on nothing but `count` and `length`.
  @inline(__always)
  func forEachChunk(of count: Int, length: Int = ThreadPool.chunk, _ body: @Sendable (Range<Int>) -> Void) {
    forEach(count / length + (count % length == 0 ? 0 : 1)) { chunk in
      let start = chunk * length
      body(start..<start + min(length, count - start))
    }
  }
}
