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

  /// How several threads make one image together.
  let legs: [BandedLeg]

  struct Call: Sendable {
    let step: Int
    let rows: Range<Int>
  }

  /// - Parameters:
  ///   - steps: in an order in which they can run.
  ///   - maps: of the program.
  ///   - innerRoots: the root maps that no step outside of the stream reads or writes.
  ///   - ordinal: its place among the program's streams.
  ///   - threads: how many may work on one image.
  init(_ steps: [any MapStep], maps: [ResolvedMap], innerRoots: Set<MapID>, ordinal: Int, threads: Int) {
    self.ordinal = ordinal
    var schedule = RowSchedule(steps: steps, maps: maps, innerRoots: innerRoots)
    schedule.run()
    self.steps = steps
    calls = schedule.calls.map { Call(step: $0.step, rows: $0.rows) }
    ringRows = schedule.ringRows
    legs = BandedLeg.legs(of: steps, maps: maps, bands: threads)
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
