extension WireCursor {
  /// Where a tensor's elements stand, from the tag to the last byte and without the tag, when all of them are in one
  /// packed list of floats or doubles of its type: bytes that are the same as raw data.
  ///
  /// - Parameter end: that of the `TensorProto` whose fields come next.
  /// - Returns: nil where the elements stand in another way, are few, or cannot be read: then every field counts.
  /// - Source: the field numbers of TensorProto in ONNX's schema.
  func packedElements(end: Int) -> (tag: Int, bytes: Range<Int>)? {
    var cursor = self
    var dataType: UInt64?
    var lists: [(field: UInt64, tag: Int, bytes: Range<Int>)] = []
    while cursor.position < end {
      let start = cursor.position
      guard let tag = cursor.varint(maximumLength: 5, end: end) else { return nil }
      switch (tag >> 3, tag & 7) {
      case (2, 0): dataType = cursor.varint(end: end)
      case (4, 2), (10, 2):
        guard lists.isEmpty, let length = cursor.varint(maximumLength: 5, end: end) else { return nil }
        let first = cursor.position
        guard cursor.skip(Int(length), end: end) else { return nil }
        lists.append((tag >> 3, start, first..<cursor.position))
      case (4, _), (5, _), (6, _), (7, _), (9, _), (10, _), (11, _): return nil
      case (_, 0): guard cursor.varint(end: end) != nil else { return nil }
      case (_, 1): guard cursor.skip(8, end: end) else { return nil }
      case (_, 2):
        guard let length = cursor.varint(maximumLength: 5, end: end), cursor.skip(Int(length), end: end) else {
          return nil
        }
      case (_, 5): guard cursor.skip(4, end: end) else { return nil }
      default: return nil
      }
    }
    guard let list = lists.first, list.bytes.count >= 1024 else { return nil }
    switch (list.field, dataType) {
    case (4, 1) where list.bytes.count % 4 == 0, (10, 11) where list.bytes.count % 8 == 0:
      return (list.tag, list.bytes)
    default: return nil
    }
  }
}
