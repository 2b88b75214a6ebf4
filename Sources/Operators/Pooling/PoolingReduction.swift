import Kernels
import Tensors

/// What a pooling operator makes of the elements of a window.
protocol PoolingReduction: Sendable {
  associatedtype Element: TensorElement
  associatedtype Accumulator: BitwiseCopyable

  /// What no element at all gives.
  var initial: Accumulator { get }

  /// What some elements and one more give.
  func adding(_ element: Element, to accumulator: Accumulator) -> Accumulator

  /// The result for a window.
  ///
  /// - Parameter count: the window's elements that count: see `reduce(_:axes:countsPadding:_:)`.
  func result(_ accumulator: Accumulator, count: Int) -> Element
}

extension PoolingReduction {
  /// Pools an N×C×… tensor along its spatial axes.
  ///
  /// The elements of a window come in row-major order. Works row by row along the last axis, so that the inner loop
  /// goes over neighbouring windows.
  ///
  /// - Parameter countsPadding: whether elements in the padding add to the count given to `result`.
  /// - Precondition: `axes` are of the tensor's shape.
  @inline(__always)
  func reduce(
    _ x: Tensor, axes: [WindowAxis], countsPadding: Bool, _ context: EvaluationContext
  ) throws -> Tensor {
    let shape = try Shape([x.shape[0], x.shape[1]] + axes.map(\.output))
    guard x.count > 0 else { return Tensor(shape, [Element]()) }
    let planes = x.shape[0] * x.shape[1]
    let (inputPlane, outputPlane) = (x.count / planes, shape.count / planes)
    let planesPerChunk = max(1, ThreadPool.chunk / 4 / max(outputPlane, inputPlane))
    return try Tensor(shape, of: Element.self, allocator: context.allocator) { target in
      // Made here, since before it is clear that the result fits into memory its extents are not to be trusted.
      let rows = PlaneRows(axes: axes, countsPadding: countsPadding)
      let last = axes.last!
      let taps = last.taps()
      let counts = (0..<last.output).map { countsPadding ? last.paddedCount($0) : last.inside($0).count }
      x.withElements(of: Element.self) { source in
        nonisolated(unsafe) let source = source.baseAddress!
        nonisolated(unsafe) let target = target.baseAddress!
        context.pool.forEachChunk(of: planes, size: planesPerChunk) { chunk in
          withUnsafeTemporaryAllocation(of: Accumulator.self, capacity: last.output) { accumulators in
            let sums = accumulators.baseAddress!
            for plane in chunk {
              let from = source + plane * inputPlane
              for row in 0..<rows.count {
                sums.initialize(repeating: initial, count: last.output)
                let rowCount = rows.forEachSource(of: row) { offset in
                  for tap in taps { add(from + offset + tap.offset, tap.windows, stride: last.stride, to: sums) }
                }
                let to = target + plane * outputPlane + row * last.output
                for window in 0..<last.output { to[window] = result(sums[window], count: rowCount * counts[window]) }
              }
            }
          }
        }
      }
    }
  }

  /// Adds one element to each window. The strides of 1 and 2 are told apart since they vectorize.
  @inline(__always)
  private func add(
    _ from: UnsafePointer<Element>, _ windows: Range<Int>, stride: Int, to sums: UnsafeMutablePointer<Accumulator>
  ) {
    switch stride {
    case 1: for window in windows { sums[window] = adding(from[window], to: sums[window]) }
    case 2: for window in windows { sums[window] = adding(from[window * 2], to: sums[window]) }
    default: for window in windows { sums[window] = adding(from[window * stride], to: sums[window]) }
    }
  }
}

/// The output rows of a plane, and which input rows each is made of.
struct PlaneRows: Sendable {
  private let axes: [WindowAxis]
  private let inputStrides: [Int]
  private let countsPadding: Bool

  /// How many output rows a plane has.
  let count: Int

  /// - Parameter axes: all spatial axes; the last one goes along the rows.
  init(axes: [WindowAxis], countsPadding: Bool) {
    self.axes = Array(axes.dropLast())
    self.countsPadding = countsPadding
    var strides = [Int](repeating: 1, count: axes.count)
    for axis in axes.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * axes[axis + 1].input }
    inputStrides = strides
    count = self.axes.reduce(1) { $0 * $1.output }
  }

  /// Calls `body` with where each input row of an output row starts in the input plane, in order.
  ///
  /// - Returns: how many rows count, those in the padding among them where they do.
  @inline(__always)
  func forEachSource(of row: Int, _ body: (Int) -> Void) -> Int {
    if axes.count == 1 {
      let axis = axes[0]
      let start = axis.start(row)
      let inside = axis.inside(row)
      for element in inside { body((start + element * axis.dilation) * inputStrides[0]) }
      return countsPadding ? axis.paddedCount(row) : inside.count
    }
    return forEachSourceOfAnyRank(row, body)
  }

  private func forEachSourceOfAnyRank(_ row: Int, _ body: (Int) -> Void) -> Int {
    var ranges: [Range<Int>] = []
    var steps: [Int] = []
    var offset = 0
    var counted = 1
    var rest = row
    for (index, axis) in axes.enumerated().reversed() {
      let window = rest % axis.output
      rest /= axis.output
      let inside = axis.inside(window)
      ranges.insert(inside, at: 0)
      steps.insert(axis.dilation * inputStrides[index], at: 0)
      offset += axis.start(window) * inputStrides[index]
      counted *= countsPadding ? axis.paddedCount(window) : inside.count
    }
    guard ranges.allSatisfy({ !$0.isEmpty }) else { return counted }
    offset += zip(ranges, steps).reduce(0) { $0 + $1.0.lowerBound * $1.1 }
    var walk = PositionWalk(dimensions: ranges.map(\.count), strides: steps, offset: offset)
    for _ in 0..<ranges.reduce(1, { $0 * $1.count }) {
      body(walk.position)
      walk.advance()
    }
    return counted
  }
}
