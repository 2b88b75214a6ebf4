import Tensors

extension Tensor {
  /// A tensor of `blockCount` blocks of `length` neighbouring elements each, taken from this one. For any element type.
  ///
  /// - Parameters:
  ///   - length: elements a block has.
  ///   - position: the element at which the given block starts in this tensor; negative for a block of zeros (of empty
  ///     strings). It may throw for a block that cannot be. Not called if the result has no elements.
  func gatheringBlocks(
    of length: Int, count blockCount: Int, to shape: Shape, _ context: EvaluationContext,
    from position: (Int) throws -> Int
  ) throws -> Tensor {
    if elementType == .string {
      try requireStringMemory(shape.count, context)
      let source = strings
      var result: [String] = []
      result.reserveCapacity(shape.count)
      for block in 0..<blockCount where shape.count > 0 {
        let start = try position(block)
        if start < 0 {
          result.append(contentsOf: repeatElement("", count: length))
        } else {
          result.append(contentsOf: source[start..<start + length])
        }
      }
      return Tensor(shape, strings: result)
    }
    let size = elementType.byteCount
    return try Tensor(shape, elementType, allocator: context.allocator) { target in
      guard shape.count > 0 else { return }
      try withUnsafeBytes { source in
        for block in 0..<blockCount {
          let start = try position(block)
          let to = target.baseAddress! + block * length * size
          if start < 0 {
            to.initializeMemory(as: UInt8.self, repeating: 0, count: length * size)
          } else if length == 1, size == 4 {
            to.storeBytes(of: source.load(fromByteOffset: start * 4, as: UInt32.self), as: UInt32.self)
          } else {
            to.copyMemory(from: source.baseAddress! + start * size, byteCount: length * size)
          }
        }
      }
    }
  }

  /// This tensor with some blocks of `length` neighbouring elements replaced by the blocks of `updates`, in order. For
  /// any element type.
  ///
  /// - Parameter position: the element at which the given block of `updates` goes; it may throw. Not called if
  ///   there are no elements to replace.
  /// - Precondition: both tensors are of one element type.
  func replacingBlocks(
    of length: Int, with updates: Tensor, count blockCount: Int, _ context: EvaluationContext,
    at position: (Int) throws -> Int
  ) throws -> Tensor {
    if elementType == .string {
      var result = strings
      let source = updates.strings
      for block in 0..<blockCount where length > 0 {
        let start = try position(block)
        result.replaceSubrange(start..<start + length, with: source[block * length..<(block + 1) * length])
      }
      return Tensor(shape, strings: result)
    }
    let size = elementType.byteCount
    return try Tensor(shape, elementType, allocator: context.allocator) { target in
      withUnsafeBytes { if $0.count > 0 { target.copyMemory(from: $0) } }
      guard length > 0 else { return }
      try updates.withUnsafeBytes { source in
        for block in 0..<blockCount {
          let start = try position(block)
          (target.baseAddress! + start * size).copyMemory(
            from: source.baseAddress! + block * length * size, byteCount: length * size)
        }
      }
    }
  }
}
