import Kernels
import Tensors

extension Tensor {
  /// A tensor whose element at (i, j, …) is this one's at (`tables[0][i]`, `tables[1][j]`, …). For any element type.
  ///
  /// Paddings, crops and nearest-neighbour resizes are of this form.
  ///
  /// - Parameters:
  ///   - tables: for each axis the position along it for each of the result's positions; a negative one stands for
  ///     `fill` wherever it is used. Called only if the result has elements, after its memory is there.
  ///   - fill: a tensor of one element of the same type; nil is zero, or the empty string.
  func gathered(
    to shape: Shape, fill: Tensor? = nil, _ context: EvaluationContext, tables: () -> [[Int]]
  ) throws -> Tensor {
    if elementType == .string {
      try requireStringMemory(shape.count, context)
      guard shape.count > 0 else { return Tensor(shape, strings: []) }
      let gather = AxisGather(source: self.shape, tables: tables())
      let source = strings
      let filler = fill?.strings[0] ?? ""
      return Tensor(
        shape,
        strings: (0..<shape.count).map { index in gather.position(of: index).map { source[$0] } ?? filler })
    }
    return try Tensor(shape, elementType, allocator: context.allocator) { target in
      guard shape.count > 0 else { return }
      let gather = AxisGather(source: self.shape, tables: tables())
      withUnsafeBytes { source in
        switch elementType.byteCount {
        case 1: gather.run(source, target, fill: fill?.word(UInt8.self) ?? 0, context.pool)
        case 2: gather.run(source, target, fill: fill?.word(UInt16.self) ?? 0, context.pool)
        case 4: gather.run(source, target, fill: fill?.word(UInt32.self) ?? 0, context.pool)
        default: gather.run(source, target, fill: fill?.word(UInt64.self) ?? 0, context.pool)
        }
      }
    }
  }

  /// The bytes of the only element.
  private func word<Word: BitwiseCopyable>(_ type: Word.Type) -> Word {
    withUnsafeBytes { $0.load(as: type) }
  }
}

/// The tables of a gather along every axis, and how to go through them row by row.
private struct AxisGather: Sendable {
  private let sourceStrides: [Int]
  private let tables: [[Int]]

  init(source: Shape, tables: [[Int]]) {
    // A scalar is handled as a vector of one element.
    sourceStrides = source.rank == 0 ? [1] : source.strides
    self.tables = tables.isEmpty ? [[0]] : tables
  }

  /// Where the result's `index`-th element stands in the source; nil where it is to be filled.
  func position(of index: Int) -> Int? {
    var rest = index
    var position = 0
    for axis in tables.indices.reversed() {
      let source = tables[axis][rest % tables[axis].count]
      if source < 0 { return nil }
      position += source * sourceStrides[axis]
      rest /= tables[axis].count
    }
    return position
  }

  /// A stretch of a row that is copied as a whole, or filled.
  private struct Run {
    var target: Int
    /// nil: filled.
    var source: Int?
    var length: Int
  }

  /// The stretches of one row along the last axis.
  private func runs() -> [Run] {
    var runs: [Run] = []
    for (index, position) in tables.last!.enumerated() {
      let source = position < 0 ? nil : position
      if let last = runs.last, last.source.map({ $0 + last.length }) == source {
        runs[runs.count - 1].length += 1
      } else {
        runs.append(Run(target: index, source: source, length: 1))
      }
    }
    return runs
  }

  func run<Word: BitwiseCopyable & Sendable>(
    _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer, fill: Word, _ pool: ThreadPool
  ) {
    let width = tables.last!.count
    let rowDimensions = tables.dropLast().map(\.count)
    let rowCount = rowDimensions.reduce(1, *)
    let rowStrides = rowDimensions.isEmpty ? [] : try! Shape(rowDimensions).strides
    let runs = runs()
    // Long stretches are copied as such; with short ones, as in a resize, a plain loop is faster.
    let usesRuns = runs.count * 8 <= width
    nonisolated(unsafe) let source = source.bindMemory(to: Word.self).baseAddress
    nonisolated(unsafe) let target = target.bindMemory(to: Word.self).baseAddress!
    let rowsPerChunk = max(1, (1 << 15) / width)
    pool.forEachChunk(of: rowCount, size: rowsPerChunk) { rows in
      for row in rows {
        let to = target + row * width
        var start = 0
        var isFilled = source == nil
        for axis in rowDimensions.indices {
          let position = tables[axis][row / rowStrides[axis] % rowDimensions[axis]]
          if position < 0 { isFilled = true }
          start += position * sourceStrides[axis]
        }
        if isFilled {
          to.update(repeating: fill, count: width)
          continue
        }
        let from = source! + start
        if usesRuns {
          for run in runs {
            if let position = run.source {
              (to + run.target).update(from: from + position, count: run.length)
            } else {
              (to + run.target).update(repeating: fill, count: run.length)
            }
          }
        } else {
          tables.last!.withUnsafeBufferPointer { table in
            for index in 0..<width { to[index] = table[index] < 0 ? fill : from[table[index]] }
          }
        }
      }
    }
  }
}
