import Kernels
import Tensors

extension Tensor {
  /// A tensor whose elements are weighted sums of this one's along each axis.
  ///
  /// - Parameters:
  ///   - fill: the value of what lies outside, see `AxisFilter.positions`.
  ///   - filter: the weights along an axis; nil leaves the axis as it is. Called only if the result has elements.
  func interpolated(
    to shape: Shape, fill: Float, _ context: EvaluationContext, filter: (Int) -> AxisFilter?
  ) throws -> Tensor {
    let usesDouble = [.float64, .int64, .uint64, .int32, .uint32].contains(elementType)
    return usesDouble
      ? try interpolated(to: shape, through: Double.self, fill: Double(fill), context, filter)
      : try interpolated(to: shape, through: Float.self, fill: fill, context, filter)
  }

  private func interpolated<Work: RealElement>(
    to shape: Shape, through type: Work.Type, fill: Work, _ context: EvaluationContext, _ filter: (Int) -> AxisFilter?
  ) throws -> Tensor {
    var current = try converted(to: type.elementType, context)
    for axis in shape.dimensions.indices.reversed() where shape.count > 0 {
      let next = try current.shape.replacing(axis, by: shape[axis])
      let source = current
      let resized = try Tensor(next, of: type, allocator: context.allocator) { target in
        source.withElements(of: type) { elements in
          guard let filter = filter(axis) else {
            _ = target.update(from: elements)
            return
          }
          let pass = InterpolationPass(filter, of: source.shape, along: axis, fill: fill)
          pass.run(elements.baseAddress!, target.baseAddress!, context.pool)
        }
      }
      current = resized
    }
    if shape.count == 0 { return try Tensor(shape, elementType, allocator: context.allocator) { _ in } }
    return try current.rounded(to: elementType, context)
  }
}

/// The resampling of one axis of a tensor.
private struct InterpolationPass<Work: RealElement>: Sendable {
  private let taps: Int
  private let positions: [Int]
  private let weights: [Work]
  private let fill: Work
  /// The axis' extent before and after.
  private let extent: Int
  private let count: Int
  /// The elements of the axes before and behind.
  private let outer: Int
  private let inner: Int

  init(_ filter: AxisFilter, of shape: Shape, along axis: Int, fill: Work) {
    taps = filter.taps
    positions = filter.positions
    weights = filter.weights.map { Work($0) }
    self.fill = fill
    extent = shape[axis]
    count = filter.positions.count / filter.taps
    outer = shape.count(of: 0..<axis)
    inner = shape.count(of: axis + 1..<shape.rank)
  }

  /// Every element is computed alone and in one order, so that threads do not change it.
  func run(_ source: UnsafePointer<Work>, _ target: UnsafeMutablePointer<Work>, _ pool: ThreadPool) {
    nonisolated(unsafe) let source = source
    nonisolated(unsafe) let target = target
    let slicesPerChunk = max(1, (1 << 14) / (count * inner))
    pool.forEachChunk(of: outer, size: slicesPerChunk) { slices in
      positions.withUnsafeBufferPointer { positions in
        weights.withUnsafeBufferPointer { weights in
          for slice in slices {
            let from = source + slice * extent * inner
            let to = target + slice * count * inner
            if inner == 1 {
              interpolateElements(from, to, positions, weights)
            } else {
              interpolateRows(from, to, positions, weights)
            }
          }
        }
      }
    }
  }

  /// The axis is the last one: its elements are neighbours.
  private func interpolateElements(
    _ source: UnsafePointer<Work>, _ target: UnsafeMutablePointer<Work>, _ positions: UnsafeBufferPointer<Int>,
    _ weights: UnsafeBufferPointer<Work>
  ) {
    for index in 0..<count {
      let first = index * taps
      guard positions[first] >= 0 else {
        target[index] = fill
        continue
      }
      var sum = source[positions[first]] * weights[first] + source[positions[first + 1]] * weights[first + 1]
      var tap = first + 2
      while tap < first + taps {
        sum += source[positions[tap]] * weights[tap]
        tap += 1
      }
      target[index] = sum
    }
  }

  /// Whole rows of the axes behind are weighted and added.
  private func interpolateRows(
    _ source: UnsafePointer<Work>, _ target: UnsafeMutablePointer<Work>, _ positions: UnsafeBufferPointer<Int>,
    _ weights: UnsafeBufferPointer<Work>
  ) {
    for index in 0..<count {
      let first = index * taps
      let row = target + index * inner
      guard positions[first] >= 0 else {
        row.update(repeating: fill, count: inner)
        continue
      }
      let (a, b) = (source + positions[first] * inner, source + positions[first + 1] * inner)
      let (wa, wb) = (weights[first], weights[first + 1])
      if taps == 2 {
        for place in 0..<inner { row[place] = a[place] * wa + b[place] * wb }
        continue
      }
      // Four at a time: a cubic kernel reads and writes the row once.
      let (c, d) = (source + positions[first + 2] * inner, source + positions[first + 3] * inner)
      let (wc, wd) = (weights[first + 2], weights[first + 3])
      for place in 0..<inner { row[place] = a[place] * wa + b[place] * wb + c[place] * wc + d[place] * wd }
      for tap in first + 4..<first + taps {
        let (e, we) = (source + positions[tap] * inner, weights[tap])
        for place in 0..<inner { row[place] += e[place] * we }
      }
    }
  }
}
