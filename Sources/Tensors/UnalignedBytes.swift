/// Elements that lie where no pointer to them is aligned, as most do in a model file: the bytes as they are, and an
/// aligned copy from when it is first asked for.
final class UnalignedBytes: @unchecked Sendable {
  private let source: TensorStorage
  private let range: Range<Int>
  /// Touched under the lock alone.
  private var copy: TensorStorage?
  private let lock = SystemLock()

  init(_ source: TensorStorage, _ range: Range<Int>) {
    self.source = source
    self.range = range
  }

  /// Where the bytes are, aligned or not.
  var place: (TensorStorage, offset: Int) { (source, range.lowerBound) }

  /// An aligned copy that is kept.
  var aligned: TensorStorage {
    lock.withLock {
      if let copy { return copy }
      let made = makeCopy()
      copy = made
      return made
    }
  }

  /// The aligned copy where it is kept already, or else one for the caller alone.
  var alignedOnce: TensorStorage { lock.withLock { copy } ?? makeCopy() }

  /// Calls `body` with an aligned copy of each piece, which is gone afterwards; the pages that the pieces lie in are given
  /// back.
  ///
  /// - Parameter pieces: offsets of bytes.
  func forEachPiece(_ pieces: [Range<Int>], _ body: (_ index: Int, _ start: UnsafeRawPointer) -> Void) {
    if let copy = lock.withLock({ copy }) {
      for (index, piece) in pieces.enumerated() {
        body(index, UnsafeRawPointer(copy.bytes.baseAddress! + piece.lowerBound))
      }
      return
    }
    let buffer = TensorStorage(byteCount: pieces.map(\.count).max() ?? 0)
    for (index, piece) in pieces.enumerated() {
      let place = range.lowerBound + piece.lowerBound..<range.lowerBound + piece.upperBound
      buffer.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(source.bytes)[place]))
      body(index, UnsafeRawPointer(buffer.bytes.baseAddress!))
      source.releasePages(place)
    }
  }

  private func makeCopy() -> TensorStorage {
    let copy = TensorStorage(byteCount: range.count)
    copy.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(source.bytes)[range]))
    source.releasePages(range)
    return copy
  }
}
