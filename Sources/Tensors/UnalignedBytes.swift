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

  private func makeCopy() -> TensorStorage {
    let copy = TensorStorage(byteCount: range.count)
    copy.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(source.bytes)[range]))
    source.releasePages(range)
    return copy
  }
}
