import Kernels

/// Where feature maps of a masked image can differ from those of an image that is masked altogether.
///
/// Where a mask is 0 over all that a place of a layer sees, the layer gives there, to the bit, what it gives for a mask
/// of zeros. Such places need not be made: what the others read of them is copied from the one run of a mask of zeros.
/// The places that are made are a range of columns for each call of the streams with which a program for masks begins.
struct ActiveRegions: Sendable {
  /// A call of a step, with what it touches resolved.
  struct Call: Sendable {
    let step: any MapStep
    /// The step where it can make some columns.
    let columnStep: (any ColumnStep)?
    let rows: Range<Int>
    let output: Area
    let inputs: [Area]
  }

  /// A map's rows in the lists of all rows.
  struct Area: Sendable {
    let firstRow: Int
    let height: Int
    let width: Int

    func rows(_ rows: Range<Int>) -> Range<Int> {
      let (first, end) = (min(max(rows.lowerBound, 0), height), min(max(rows.upperBound, 0), height))
      return firstRow + first..<firstRow + max(first, end)
    }

    func columns(_ columns: Range<Int>) -> Range<Int> {
      let first = min(max(columns.lowerBound, 0), width)
      return first..<max(first, min(columns.upperBound, width))
    }
  }

  /// The calls of all streams, one stream's after the other.
  let calls: [Call]

  /// For each stream its first call.
  let firstCalls: [Int]

  /// For each row whether steps behind the streams read it: then all of it is needed.
  private let isReadLater: [Bool]
  private let widths: [Int]

  /// - Parameters:
  ///   - streams: those with which the program begins.
  ///   - isReadLater: whether a root map is read behind the streams.
  init(_ streams: [RowStream], maps: [ResolvedMap], isReadLater: (MapID) -> Bool) {
    var firstRows: [MapID: Int] = [:]
    var widths: [Int] = []
    var later: [Bool] = []
    func area(of map: MapID) -> Area {
      let (root, layout) = (maps[map.index].root, maps[map.index].layout)
      if firstRows[root] == nil {
        firstRows[root] = widths.count
        widths += [Int](repeating: layout.width, count: layout.height)
        later += [Bool](repeating: isReadLater(root), count: layout.height)
      }
      return Area(firstRow: firstRows[root]!, height: layout.height, width: layout.width)
    }
    var calls: [Call] = []
    var firstCalls: [Int] = []
    for stream in streams {
      firstCalls.append(calls.count)
      calls += stream.calls.map { call in
        let step = stream.steps[call.step]
        return Call(
          step: step, columnStep: step as? any ColumnStep, rows: call.rows, output: area(of: step.output),
          inputs: step.inputs.map(area))
      }
    }
    self.calls = calls
    self.firstCalls = firstCalls
    self.widths = widths
    self.isReadLater = later
  }

  /// What to make and what to copy for one image.
  struct Plan {
    /// For each call the columns to make.
    var made: [Range<Int>]
    /// For each row the columns that others read.
    var needed: [Range<Int>]
  }

  /// - Parameter first: the columns of each row of the first step's output that differ.
  func plan(first: [Range<Int>]) -> Plan {
    var active = [Range<Int>](repeating: 0..<0, count: widths.count)
    var made = [Range<Int>](repeating: 0..<0, count: calls.count)
    for (index, call) in calls.enumerated() {
      let columns = activeColumns(of: call, active: active, first: first)
      guard !columns.isEmpty else { continue }
      for place in call.output.rows(call.rows) { active[place] = active[place].hull(with: columns) }
      made[index] = columns
    }
    var needed = zip(isReadLater, widths).map { $0 ? 0..<$1 : 0..<0 }
    for (call, columns) in zip(calls, made) where !columns.isEmpty {
      for (input, area) in call.inputs.enumerated() {
        let read =
          call.columnStep.map { area.columns($0.inputColumns(for: columns, input: input)) }
          ?? 0..<area.width
        for place in area.rows(call.step.inputRows(for: call.rows, input: input)) {
          needed[place] = needed[place].hull(with: read)
        }
      }
    }
    return Plan(made: made, needed: needed)
  }

  private func activeColumns(
    of call: Call, active: [Range<Int>], first: [Range<Int>]
  ) -> Range<Int> {
    // The first step alone reads no map.
    if call.inputs.isEmpty { return call.rows.reduce(0..<0) { $0.hull(with: first[$1]) } }
    guard let step = call.columnStep else { return 0..<call.output.width }
    var columns = 0..<0
    for (input, area) in call.inputs.enumerated() {
      var seen = 0..<0
      for place in area.rows(step.inputRows(for: call.rows, input: input)) { seen = seen.hull(with: active[place]) }
      if !seen.isEmpty {
        columns = columns.hull(with: call.output.columns(step.outputColumns(from: seen, input: input)))
      }
    }
    return columns
  }

  /// The share of all places that a plan makes, in multiply-adds' stead.
  func share(of plan: Plan) -> Double {
    var (made, all) = (0, 0)
    for (call, columns) in zip(calls, plan.made) {
      made += call.rows.count * columns.count
      all += call.rows.count * call.output.width
    }
    return all > 0 ? Double(made) / Double(all) : 1
  }
}
