extension ThreadPool {
  /// Calls `body` with ranges of `size` indices, the last maybe shorter, that together are 0 ..< count.
  package func forEachChunk(of count: Int, size: Int, _ body: @Sendable (Range<Int>) -> Void) {
    forEach(count.dividedRoundingUp(by: size)) { chunk in
      body(chunk * size..<min((chunk + 1) * size, count))
    }
  }
}

extension ThreadPool {
  /// What `body` makes of each index below `count`, in their order.
  ///
  /// - Throws: what the call for the first index that failed has thrown.
  package func map<Element: Sendable>(_ count: Int, _ body: @Sendable (Int) throws -> Element) throws -> [Element] {
    try [Result<Element, any Error>](unsafeUninitializedCapacity: count) { buffer, initialized in
      nonisolated(unsafe) let results = buffer.baseAddress
      forEach(count) { index in (results! + index).initialize(to: Result { try body(index) }) }
      initialized = count
    }.map { try $0.get() }
  }
}

/// How many steps of an inner loop make an item that is worth a thread's while.
enum WorkItem {
  static let size = 1 << 16
}
