import Kernels
import Tensors

extension Tensor {
  /// The elements at the positions of `view`, in its order, as a tensor of the shape `shape`. For any element type.
  ///
  /// - Precondition: `view` has as many positions as `shape` has elements, all inside of this tensor.
  func copied(_ view: StridedView, to shape: Shape, _ context: EvaluationContext) throws -> Tensor {
    if elementType == .string {
      try requireStringMemory(shape.count, context)
      return Tensor(shape, strings: strings(at: view, count: shape.count))
    }
    return try Tensor(shape, elementType, allocator: context.allocator) { target in
      guard shape.count > 0 else { return }
      let view = view.coalesced
      withUnsafeBytes { source in
        switch elementType.byteCount {
        case 1: view.copy(from: source.bindMemory(to: UInt8.self), to: target.bindMemory(to: UInt8.self), context.pool)
        case 2:
          view.copy(from: source.bindMemory(to: UInt16.self), to: target.bindMemory(to: UInt16.self), context.pool)
        case 4:
          view.copy(from: source.bindMemory(to: UInt32.self), to: target.bindMemory(to: UInt32.self), context.pool)
        default:
          view.copy(from: source.bindMemory(to: UInt64.self), to: target.bindMemory(to: UInt64.self), context.pool)
        }
      }
    }
  }

  private func strings(at view: StridedView, count: Int) -> [String] {
    guard count > 0 else { return [] }
    let source = strings
    var walk = PositionWalk(dimensions: view.dimensions, strides: view.strides, offset: view.offset)
    return (0..<count).map { _ in
      defer { walk.advance() }
      return source[walk.position]
    }
  }
}

/// Refuses string tensors that would take more memory than a run may; strings do not come from the allocator.
func requireStringMemory(_ count: Int, _ context: EvaluationContext) throws(OperatorError) {
  let limit = min(context.allocator.limit, 1 << 32) / MemoryLayout<String>.stride
  guard count <= limit else {
    throw OperatorError(.resourceLimit, "\(count) strings are more than the \(limit) allowed")
  }
}

extension StridedView {
  /// About how many elements one thread takes at a time.
  private static let chunk = 1 << 15

  /// Copies the elements at the view's positions to `target`, one behind the other.
  ///
  /// - Precondition: the view is coalesced and has no extent of 0.
  fileprivate func copy<Word: BitwiseCopyable>(
    from source: UnsafeBufferPointer<Word>, to target: UnsafeMutableBufferPointer<Word>, _ pool: ThreadPool
  ) {
    let source = source.baseAddress! + offset
    let target = target.baseAddress!
    guard let step = strides.last else {
      target.pointee = source.pointee
      return
    }
    if step != 0, step != 1, let axis = strides.firstIndex(of: 1) {
      copyTransposed(from: source, to: target, contiguousAxis: axis, pool)
    } else {
      copyRows(from: source, to: target, pool)
    }
  }

  /// Copies run by run along the last axis.
  private func copyRows<Word: BitwiseCopyable>(
    from source: UnsafePointer<Word>, to target: UnsafeMutablePointer<Word>, _ pool: ThreadPool
  ) {
    let length = dimensions.last!
    let step = strides.last!
    let outerDimensions = Array(dimensions.dropLast())
    let outerStrides = Array(strides.dropLast())
    let rowCount = outerDimensions.reduce(1, *)
    let rowsPerChunk = max(1, StridedView.chunk / length)
    nonisolated(unsafe) let source = source
    nonisolated(unsafe) let target = target
    pool.forEachChunk(of: rowCount, size: rowsPerChunk) { rows in
      var walk = PositionWalk(
        dimensions: outerDimensions, strides: outerStrides, offset: 0, first: rows.lowerBound)
      for row in rows {
        let from = source + walk.position
        let to = target + row * length
        switch step {
        case 1: to.update(from: from, count: length)
        case 0: to.update(repeating: from.pointee, count: length)
        default: for index in 0..<length { to[index] = from[index * step] }
        }
        walk.advance()
      }
    }
  }

  /// Copies in square tiles of the last axis and of the axis along which the source is contiguous, so that every cache
  /// line that is read is used in full.
  private func copyTransposed<Word: BitwiseCopyable>(
    from source: UnsafePointer<Word>, to target: UnsafeMutablePointer<Word>, contiguousAxis: Int, _ pool: ThreadPool
  ) {
    let tile = 16
    let columns = dimensions.last!
    let columnStep = strides.last!
    let rows = dimensions[contiguousAxis]
    let targetStrides = try! Shape(dimensions).strides
    let rowStep = targetStrides[contiguousAxis]
    let others = dimensions.indices.filter { $0 != contiguousAxis && $0 != dimensions.count - 1 }
    let otherDimensions = others.map { dimensions[$0] }
    let otherStrides = others.map { strides[$0] }
    let otherTargetStrides = others.map { targetStrides[$0] }
    let columnsPerChunk = max(tile, StridedView.chunk / rows / tile * tile)
    let chunksPerPlane = (columns + columnsPerChunk - 1) / columnsPerChunk
    let planes = otherDimensions.reduce(1, *)
    nonisolated(unsafe) let source = source
    nonisolated(unsafe) let target = target
    pool.forEach(planes * chunksPerPlane) { chunk in
      let plane = chunk / chunksPerPlane
      let firstColumn = chunk % chunksPerPlane * columnsPerChunk
      let lastColumn = min(firstColumn + columnsPerChunk, columns)
      let from =
        source + PositionWalk(dimensions: otherDimensions, strides: otherStrides, offset: 0, first: plane).position
      let to =
        target
        + PositionWalk(dimensions: otherDimensions, strides: otherTargetStrides, offset: 0, first: plane).position
      for column in stride(from: firstColumn, to: lastColumn, by: tile) {
        let columnEnd = min(column + tile, lastColumn)
        for row in stride(from: 0, to: rows, by: tile) {
          for inner in row..<min(row + tile, rows) {
            for index in column..<columnEnd { to[inner * rowStep + index] = from[inner + index * columnStep] }
          }
        }
      }
    }
  }
}
