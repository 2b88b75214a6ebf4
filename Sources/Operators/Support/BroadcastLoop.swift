import Kernels
import Tensors

/// A loop over tensors that broadcast to one shape, as runs of neighbouring elements.
///
/// Within a run each operand either goes on by one element a step or stays at the same one. Axes along which all
/// operands go on together are joined first, so that equal shapes make a single run, and a tensor with a value for
/// each channel stays at it for a whole plane.
struct BroadcastLoop: Sendable {
  /// What the operands broadcast to.
  let shape: Shape

  /// For each operand how far it goes in one step of a run: 0 or 1.
  let steps: [Int]

  /// The elements of a run before it is split among threads.
  private let length: Int

  /// The axes outside of the runs, outermost first.
  private let dimensions: [Int]

  /// For each operand its strides along `dimensions`.
  private let strides: [[Int]]

  /// - Throws: `ShapeError` where the shapes do not broadcast.
  init(_ operands: Shape...) throws(ShapeError) {
    var shape = operands[0]
    for operand in operands.dropFirst() { shape = try shape.broadcast(with: operand) }
    let full = operands.map { $0.strides(broadcastTo: shape) }

    var dimensions: [Int] = []
    var strides = [[Int]](repeating: [], count: operands.count)
    for axis in 0..<shape.rank where shape[axis] != 1 {
      let isContinued = strides.indices.allSatisfy { operand in
        strides[operand].last == full[operand][axis] * shape[axis]
      }
      if isContinued, let last = dimensions.indices.last {
        dimensions[last] *= shape[axis]
        for operand in strides.indices { strides[operand][last] = full[operand][axis] }
      } else {
        dimensions.append(shape[axis])
        for operand in strides.indices { strides[operand].append(full[operand][axis]) }
      }
    }
    self.shape = shape
    length = dimensions.popLast() ?? 1
    steps = strides.map { $0.last ?? 0 }
    self.dimensions = dimensions
    self.strides = strides.map { Array($0.dropLast()) }
  }

  /// Where a run starts in the result and in up to three operands, and how many elements it has.
  struct Run {
    var target = 0
    var first = 0
    var second = 0
    var third = 0
    var count = 0
  }

  /// Calls `body` for all runs, spread over the threads. Long runs come in pieces; the pieces depend on the shapes
  /// alone.
  @inline(__always)
  func forEachRun(_ pool: ThreadPool, _ body: @Sendable (Run) -> Void) {
    guard shape.count > 0 else { return }
    let runCount = shape.count / length
    if length >= ThreadPool.chunk {
      let pieces = (length + ThreadPool.chunk - 1) / ThreadPool.chunk
      pool.forEach(runCount * pieces) { item in
        var walk = RunWalk(self, first: item / pieces)
        let start = item % pieces * ThreadPool.chunk
        walk.skip(start, steps)
        walk.run.count = min(ThreadPool.chunk, length - start)
        body(walk.run)
      }
    } else {
      pool.forEachChunk(of: runCount, size: max(1, ThreadPool.chunk / length)) { range in
        var walk = RunWalk(self, first: range.lowerBound)
        walk.run.count = length
        for _ in range {
          body(walk.run)
          walk.advance()
        }
      }
    }
  }

  /// Goes from run to run.
  private struct RunWalk {
    var run = Run()
    private let loop: BroadcastLoop
    private var index: [Int]

    init(_ loop: BroadcastLoop, first: Int) {
      self.loop = loop
      index = [Int](repeating: 0, count: loop.dimensions.count)
      var rest = first
      for axis in index.indices.reversed() {
        index[axis] = rest % loop.dimensions[axis]
        rest /= loop.dimensions[axis]
        move(axis, by: index[axis])
      }
      run.target = first * loop.length
    }

    mutating func skip(_ count: Int, _ steps: [Int]) {
      run.target += count
      run.first += count * steps[0]
      if steps.count > 1 { run.second += count * steps[1] }
      if steps.count > 2 { run.third += count * steps[2] }
    }

    mutating func advance() {
      run.target += loop.length
      var axis = index.count - 1
      while axis >= 0 {
        index[axis] += 1
        move(axis, by: 1)
        if index[axis] < loop.dimensions[axis] { return }
        move(axis, by: -loop.dimensions[axis])
        index[axis] = 0
        axis -= 1
      }
    }

    private mutating func move(_ axis: Int, by count: Int) {
      run.first += loop.strides[0][axis] * count
      if loop.strides.count > 1 { run.second += loop.strides[1][axis] * count }
      if loop.strides.count > 2 { run.third += loop.strides[2][axis] * count }
    }
  }
}
