/// Steps of a stream that threads make together, each of them a band of rows.
///
/// A band is as much of every step's output as can be made from the bands before, so that a thread never waits for
/// another within a leg and what it hands on stays in its cache. What is left between the bands follows.
struct BandedLeg: Sendable {
  /// For each band its calls, in order.
  let bands: [[RowStream.Call]]

  /// The rows between the bands, step by step.
  let rest: [RowStream.Call]

  /// Legs that make all rows of the steps one after the other. A leg ends before the step of which less than
  /// `leastShare` would lie in bands.
  static func legs(of steps: [any MapStep], maps: [ResolvedMap], bands: Int) -> [BandedLeg] {
    var legs: [BandedLeg] = []
    var rows: [[Range<Int>]] = []
    var first = 0
    for index in steps.indices {
      let height = maps[steps[index].output.index].layout.height
      var ranges = bandRows(of: index, in: steps, first: first, rows: rows, maps: maps, count: bands)
      if index > first, Double(ranges.reduce(0) { $0 + $1.count }) < leastShare * Double(height) {
        legs.append(BandedLeg(Array(steps[first..<index]), firstStep: first, rows: rows, maps: maps))
        rows = []
        first = index
        ranges = bandRows(of: index, in: steps, first: first, rows: rows, maps: maps, count: bands)
      }
      rows.append(ranges)
    }
    legs.append(BandedLeg(Array(steps[first...]), firstStep: first, rows: rows, maps: maps))
    return legs
  }

  private static let leastShare = 0.75

  /// - Parameters:
  ///   - steps: of the leg.
  ///   - rows: for each step the rows of each band.
  private init(_ steps: [any MapStep], firstStep: Int, rows: [[Range<Int>]], maps: [ResolvedMap]) {
    func call(_ call: RowStream.Call) -> RowStream.Call { .init(step: firstStep + call.step, rows: call.rows) }
    bands = rows[0].indices.map { band in
      var schedule = RowSchedule(steps: steps, maps: maps, rows: rows.map { $0[band] })
      schedule.run()
      return schedule.calls.map(call)
    }
    rest = steps.indices.flatMap { step in
      let ends = [0] + rows[step].map(\.upperBound)
      let starts = rows[step].map(\.lowerBound) + [maps[steps[step].output.index].layout.height]
      return zip(ends, starts).filter(<).map { call(.init(step: step, rows: $0..<$1)) }
    }
  }

  /// The rows of each band that a step can make from the same bands of the leg's steps before it.
  private static func bandRows(
    of index: Int, in steps: [any MapStep], first: Int, rows: [[Range<Int>]], maps: [ResolvedMap], count: Int
  ) -> [Range<Int>] {
    let step = steps[index]
    let height = maps[step.output.index].layout.height
    let quanta = (height + step.rowQuantum - 1) / step.rowQuantum
    func row(_ quantum: Int) -> Int { min(quantum * step.rowQuantum, height) }
    return (0..<count).map { band in
      var low = quanta * band / count
      var high = quanta * (band + 1) / count
      for (input, map) in step.inputs.enumerated() {
        let inputHeight = maps[map.index].layout.height
        for maker in steps[first..<index].makers(of: map, maps: maps) {
          let made = rows[maker - first][band]
          func needed(_ quantum: Int) -> Range<Int> {
            step.inputRows(for: row(quantum)..<row(quantum + 1), input: input)
          }
          while low < high, max(needed(low).lowerBound, 0) < made.lowerBound { low += 1 }
          while low < high, min(needed(high - 1).upperBound, inputHeight) > made.upperBound { high -= 1 }
        }
      }
      return row(low)..<row(max(low, high))
    }
  }
}
