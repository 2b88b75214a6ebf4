import Kernels

/// A feature map with memory of its own, for tests of what kernels read and write.
///
/// Between its rows lie floats that are NaN, and so are the lanes behind the last channel and the pixels until they are
/// written: what is read there shows in a result, what is written there in `isIntact`.
final class GuardedMap {
  let layout: RowLayout
  private let memory: UnsafeMutableBufferPointer<Float>
  private let table: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  private let firstRow: Int
  private let above: Int
  private let tableCount: Int
  private var views: [UnsafeMutablePointer<UnsafeMutablePointer<Float>>] = []

  /// What nobody has written: a NaN that no arithmetic makes.
  static let mark = Float(bitPattern: 0x7fc1_2345)

  /// Floats between rows; no multiple of any vector, so that rows are aligned to nothing.
  private static let fence = 37

  /// - Parameters:
  ///   - values: row-major channels×height×width; nil for a map to write.
  ///   - above: rows of zeros in the table before row 0.
  ///   - below: rows of zeros in the table behind the last row.
  init(_ values: [Float]?, layout: RowLayout, above: Int = 0, below: Int = 0) {
    self.layout = layout
    self.above = above
    tableCount = above + layout.height + below
    // A map to read ends with its rows, so that a sanitizer sees what reads beyond; one to write has a fence around it.
    let end = values == nil ? Self.fence : 0
    firstRow = end + layout.rowCount + Self.fence
    let pitch = layout.rowCount + Self.fence
    memory = .allocate(capacity: firstRow + layout.height * pitch - Self.fence + end)
    memory.initialize(repeating: Self.mark)
    table = .allocate(capacity: tableCount)
    let zeros = memory.baseAddress! + end
    zeros.update(repeating: 0, count: layout.rowCount)
    for row in -above..<layout.height + below {
      let start = (0..<layout.height).contains(row) ? memory.baseAddress! + firstRow + row * pitch : zeros
      (table + (above + row)).initialize(to: start + layout.left * layout.lanes)
    }
    for row in 0..<layout.height {
      for block in 0..<layout.blocks {
        let start = map.rows[row] + block * layout.blockStride
        (start - layout.left * layout.lanes).update(repeating: 0, count: layout.left * layout.lanes)
        (start + layout.width * layout.lanes).update(repeating: 0, count: layout.right * layout.lanes)
      }
    }
    guard let values else { return }
    forEachElement { $1.pointee = values[$0] }
  }

  deinit {
    for view in views { view.deallocate() }
    table.deallocate()
    memory.deallocate()
  }

  var map: FeatureMap { FeatureMap(rows: RowTable(table + above), layout: layout) }

  /// Some of the channels as a map of their own, from the first channel of a block on.
  func view(_ channels: Range<Int>) -> FeatureMap {
    precondition(channels.lowerBound % layout.lanes == 0)
    let view = UnsafeMutablePointer<UnsafeMutablePointer<Float>>.allocate(capacity: tableCount)
    for row in 0..<tableCount {
      (view + row).initialize(to: table[row] + channels.lowerBound / layout.lanes * layout.blockStride)
    }
    views.append(view)
    var part = RowLayout(channels: channels.count, height: layout.height, width: layout.width, lanes: layout.lanes)
    (part.left, part.right) = (layout.left, layout.right)
    return FeatureMap(rows: RowTable(view + above), layout: part)
  }

  /// The elements, row-major channels×height×width.
  var values: [Float] {
    var values = [Float](repeating: 0, count: layout.channels * layout.height * layout.width)
    forEachElement { values[$0] = $1.pointee }
    return values
  }

  /// The elements of some channels.
  func values(of channels: Range<Int>) -> [Float] {
    let plane = layout.height * layout.width
    return Array(values[channels.lowerBound * plane..<channels.upperBound * plane])
  }

  /// Whether nothing but pixels was written: margins and rows of zeros are zero, and fences are as they were.
  var isIntact: Bool {
    let marks = UnsafeMutableBufferPointer<Bool>.allocate(capacity: memory.count)
    defer { marks.deallocate() }
    marks.initialize(repeating: true)
    func expectZeros(_ start: UnsafeMutablePointer<Float>, _ count: Int) -> Bool {
      let first = start - memory.baseAddress!
      for index in first..<first + count {
        marks[index] = false
        guard memory[index].bitPattern == 0 else { return false }
      }
      return true
    }
    guard expectZeros(memory.baseAddress! + (firstRow - Self.fence - layout.rowCount), layout.rowCount) else {
      return false
    }
    for row in 0..<layout.height {
      for block in 0..<layout.blocks {
        let start = map.rows[row] + block * layout.blockStride
        guard expectZeros(start - layout.left * layout.lanes, layout.left * layout.lanes),
          expectZeros(start + layout.width * layout.lanes, layout.right * layout.lanes)
        else { return false }
        for index in 0..<layout.width * layout.lanes { marks[start - memory.baseAddress! + index] = false }
      }
    }
    return memory.indices.allSatisfy { !marks[$0] || memory[$0].bitPattern == Self.mark.bitPattern }
  }

  /// Calls with each element's row-major index and place.
  private func forEachElement(_ body: (Int, UnsafeMutablePointer<Float>) -> Void) {
    var index = 0
    for channel in 0..<layout.channels {
      let (block, lane) = channel.quotientAndRemainder(dividingBy: layout.lanes)
      for row in 0..<layout.height {
        let start = map.rows[row] + (block * layout.blockStride + lane)
        for x in 0..<layout.width {
          body(index, start + x * layout.lanes)
          index += 1
        }
      }
    }
  }
}

extension RowLayout {
  /// The layout with `left` and `right` pixels of zeros.
  func margins(left: Int, right: Int) -> RowLayout {
    var layout = self
    (layout.left, layout.right) = (left, right)
    return layout
  }
}

extension [Float] {
  /// Whether nobody has written any of the elements.
  var areUntouched: Bool { allSatisfy { $0.bitPattern == GuardedMap.mark.bitPattern } }
}
