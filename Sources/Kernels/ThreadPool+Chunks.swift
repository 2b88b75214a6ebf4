extension ThreadPool {
  /// Calls `body` with ranges of `size` indices, the last maybe shorter, that together are 0 ..< count.
  package func forEachChunk(of count: Int, size: Int, _ body: @Sendable (Range<Int>) -> Void) {
    forEach(count.dividedRoundingUp(by: size)) { chunk in
      body(chunk * size..<min((chunk + 1) * size, count))
    }
  }
}

/// How many steps of an inner loop make an item that is worth a thread's while.
enum WorkItem {
  static let size = 1 << 16
}
