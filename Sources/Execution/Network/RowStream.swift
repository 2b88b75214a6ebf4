import Kernels

/// Steps on large maps that run together, a few rows at a time: each step makes the rows that the next
/// ones need, so that what lies in between never leaves the cache and takes the memory of a few rows.
struct RowStream: Sendable {
  let steps: [any MapStep]

  /// How many rows of a root map, from the last one made backwards, are needed at any time; of maps that live within the
  /// stream alone.
  let ringRows: [MapID: Int]

  /// Its place among the program's streams.
  let ordinal: Int

  /// The calls that make all rows of one image, in order.
  let calls: [Call]

  struct Call: Sendable {
    let step: Int
    let rows: Range<Int>
  }

  /// - Parameters:
  ///   - steps: in an order in which they can run.
  ///   - maps: of the program.
  ///   - ordinal: its place among the program's streams.
  ///   - innerRoots: the root maps that no step outside of the stream reads or writes.
  init(_ steps: [any MapStep], maps: [ResolvedMap], innerRoots: Set<MapID>, ordinal: Int) {
    self.ordinal = ordinal
    var schedule = Schedule(steps: steps, maps: maps, innerRoots: innerRoots)
    schedule.run()
    self.steps = steps
    calls = schedule.calls.map { Call(step: $0.step, rows: $0.rows) }
    ringRows = schedule.ringRows
  }

  /// Makes all rows of some images, which have room in the frame at the same time.
  ///
  /// - Parameter clock: counts from the stream's first step on.
  func run(images: Range<Int>, in frame: Frame, clock: StepClock) {
    for call in calls {
      let step = steps[call.step]
      clock.time(call.step) {
        step.run(images: images, rows: call.rows, parts: 0..<step.partCount, in: frame)
      }
    }
  }
}

/// Finds out the order in which rows are made, on demand of the last steps, and how many of them are needed at a time.
private struct Schedule {
  let steps: [any MapStep]
  let maps: [ResolvedMap]
  let innerRoots: Set<MapID>

  private(set) var calls: [(step: Int, rows: Range<Int>)] = []
  private(set) var ringRows: [MapID: Int] = [:]

  /// The rows that each step has made.
  private var made: [Int]
  private let heights: [Int]
  /// For each map the steps that write it or a part of it.
  private var writers: [MapID: [Int]] = [:]
  /// For each root the steps that read some map in it, with the input's number.
  private var readersOfRoot: [MapID: [(step: Int, input: Int)]] = [:]

  /// The rows of the last steps that are made at a time: more cost memory, fewer cost calls.
  private static let rowsAtATime = 2

  init(steps: [any MapStep], maps: [ResolvedMap], innerRoots: Set<MapID>) {
    self.steps = steps
    self.maps = maps
    self.innerRoots = innerRoots
    made = [Int](repeating: 0, count: steps.count)
    heights = steps.map { maps[$0.output.index].layout.height }
    for (index, step) in steps.enumerated() {
      writers[step.output, default: []].append(index)
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
      for step in steps.indices where made[step] < heights[step] {
        guard isLast(step) else { continue }
        make(step, upTo: made[step] + Self.rowsAtATime)
        isOpen = true
      }
    }
    // What nobody reads, such as the part of a map that is made for later.
    for step in steps.indices where made[step] < heights[step] { make(step, upTo: heights[step]) }
  }

  private func isLast(_ step: Int) -> Bool {
    let root = maps[steps[step].output.index].root
    return readersOfRoot[root, default: []].isEmpty
  }

  /// The steps that make rows of a map: its own, and those of the maps that lie in it.
  private func makers(of map: MapID, before step: Int) -> [Int] {
    let whole = maps[map.index]
    return steps.indices.filter { other in
      guard other < step else { return false }
      let part = maps[steps[other].output.index]
      guard part.root == whole.root else { return false }
      let first = part.firstChannel
      return first < whole.firstChannel + whole.layout.channels && first + part.layout.channels > whole.firstChannel
    }
  }

  private mutating func make(_ step: Int, upTo end: Int) {
    let quantum = steps[step].rowQuantum
    let end = min(heights[step], (end + quantum - 1) / quantum * quantum)
    guard made[step] < end else { return }
    let rows = made[step]..<end
    for (input, map) in steps[step].inputs.enumerated() {
      let needed = steps[step].inputRows(for: rows, input: input)
      let height = maps[map.index].layout.height
      for maker in makers(of: map, before: step) { make(maker, upTo: min(max(needed.upperBound, 0), height)) }
    }
    calls.append((step, rows))
    made[step] = end
    noteRing(of: maps[steps[step].output.index].root)
  }

  /// Counts the rows between the oldest that is still needed and the newest.
  private mutating func noteRing(of root: MapID) {
    guard innerRoots.contains(root) else { return }
    let newest = steps.indices.filter { maps[steps[$0].output.index].root == root }.map { made[$0] }.max() ?? 0
    var oldest = newest
    for reader in readersOfRoot[root, default: []] where made[reader.step] < heights[reader.step] {
      let next = made[reader.step]..<made[reader.step] + 1
      oldest = min(oldest, max(0, steps[reader.step].inputRows(for: next, input: reader.input).lowerBound))
    }
    ringRows[root] = max(ringRows[root] ?? 1, newest - oldest)
  }
}
