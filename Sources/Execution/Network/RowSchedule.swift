import Kernels

/// Finds out the order in which rows are made, on demand of the last steps, and how many of them are needed at a time.
struct RowSchedule {
  let steps: [any MapStep]
  let maps: [ResolvedMap]
  let innerRoots: Set<MapID>

  private(set) var calls: [RowStream.Call] = []
  private(set) var ringRows: [MapID: Int] = [:]

  /// The end of the rows that each step has made, and of those that it is to make.
  private var made: [Int]
  private let ends: [Int]
  /// For each root the steps that read some map in it, with the input's number.
  private var readersOfRoot: [MapID: [(step: Int, input: Int)]] = [:]

  /// The rows of the last steps that are made at a time: more cost memory, fewer cost calls.
  private static let rowsAtATime = 2

  /// - Parameters:
  ///   - innerRoots: the root maps that no other step reads or writes.
  ///   - rows: what each step is to make, for which the rows of the steps before it must be enough; nil for all.
  init(steps: [any MapStep], maps: [ResolvedMap], innerRoots: Set<MapID> = [], rows: [Range<Int>]? = nil) {
    self.steps = steps
    self.maps = maps
    self.innerRoots = innerRoots
    made = rows?.map(\.lowerBound) ?? [Int](repeating: 0, count: steps.count)
    ends = rows?.map(\.upperBound) ?? steps.map { maps[$0.output.index].layout.height }
    for (index, step) in steps.enumerated() {
      for (input, map) in step.inputs.enumerated() {
        readersOfRoot[maps[map.index].root, default: []].append((index, input))
      }
    }
  }

  mutating func run() {
    // Steps that nobody in the stream waits for are driven from here, a few rows in turn.
    var isOpen = true
    while isOpen {
      isOpen = false
      for step in steps.indices where made[step] < ends[step] {
        guard isLast(step) else { continue }
        make(step, upTo: made[step] + Self.rowsAtATime)
        isOpen = true
      }
    }
    // What nobody reads, such as the part of a map that is made for later.
    for step in steps.indices where made[step] < ends[step] { make(step, upTo: ends[step]) }
  }

  private func isLast(_ step: Int) -> Bool {
    let root = maps[steps[step].output.index].root
    return readersOfRoot[root, default: []].isEmpty
  }

  private mutating func make(_ step: Int, upTo end: Int) {
    let quantum = steps[step].rowQuantum
    let end = min(ends[step], (end + quantum - 1) / quantum * quantum)
    guard made[step] < end else { return }
    let rows = made[step]..<end
    for (input, map) in steps[step].inputs.enumerated() {
      let needed = steps[step].inputRows(for: rows, input: input)
      let height = maps[map.index].layout.height
      for maker in steps[..<step].makers(of: map, maps: maps) {
        make(maker, upTo: min(max(needed.upperBound, 0), height))
      }
    }
    calls.append(.init(step: step, rows: rows))
    made[step] = end
    noteRing(of: maps[steps[step].output.index].root)
  }

  /// Counts the rows between the oldest that is still needed and the newest.
  private mutating func noteRing(of root: MapID) {
    guard innerRoots.contains(root) else { return }
    let newest = steps.indices.filter { maps[steps[$0].output.index].root == root }.map { made[$0] }.max() ?? 0
    var oldest = newest
    for reader in readersOfRoot[root, default: []] where made[reader.step] < ends[reader.step] {
      let next = made[reader.step]..<made[reader.step] + 1
      oldest = min(oldest, max(0, steps[reader.step].inputRows(for: next, input: reader.input).lowerBound))
    }
    ringRows[root] = max(ringRows[root] ?? 1, newest - oldest)
  }
}

extension ArraySlice<any MapStep> {
  /// The steps that make rows of a map: its own, and those of the maps that share channels with it.
  func makers(of map: MapID, maps: [ResolvedMap]) -> [Int] {
    let whole = maps[map.index]
    return indices.filter { index in
      let part = maps[self[index].output.index]
      guard part.root == whole.root else { return false }
      let first = part.firstChannel
      return first < whole.firstChannel + whole.layout.channels && first + part.layout.channels > whole.firstChannel
    }
  }
}
