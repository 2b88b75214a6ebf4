import Tensors

/// The time that each step of a program takes, added up over runs and threads.
///
/// Safe to share by runs at the same time.
public final class ProgramProfile: @unchecked Sendable {
  private var seconds: [Double]
  private let lock = SystemLock()

  /// - Parameter program: the one that will run.
  public init(_ program: Program) {
    seconds = [Double](repeating: 0, count: program.segments.reduce(0) { $0 + $1.steps.count })
  }

  /// For each step, in the program's order, the seconds of all threads that worked on it or waited for it to end.
  public var secondsByStep: [Double] { lock.withLock { seconds } }

  /// Adds the time since `start`, during which `threads` threads were busy with the step.
  fileprivate func add(since start: ContinuousClock.Instant, step: Int, threads: Int) {
    let duration = ContinuousClock.now - start
    let elapsed = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    lock.withLock { seconds[step] += elapsed * Double(threads) }
  }
}

/// Times the steps of a run for a profile, where there is one.
struct StepClock {
  private let profile: ProgramProfile?
  private let threads: Int
  private let firstStep: Int

  /// - Parameter threads: how many work on each step, or wait for it to end.
  init(profile: ProgramProfile?, threads: Int) { self.init(profile: profile, threads: threads, firstStep: 0) }

  private init(profile: ProgramProfile?, threads: Int, firstStep: Int) {
    self.profile = profile
    self.threads = threads
    self.firstStep = firstStep
  }

  /// A clock whose step 0 is this one's step `count`.
  func advanced(by count: Int) -> StepClock {
    StepClock(profile: profile, threads: threads, firstStep: firstStep + count)
  }

  /// A clock for steps on which one thread works.
  var ofOneThread: StepClock { StepClock(profile: profile, threads: 1, firstStep: firstStep) }

  func time(_ step: Int, _ body: () throws -> Void) rethrows {
    guard let profile else { return try body() }
    let start = ContinuousClock.now
    try body()
    profile.add(since: start, step: firstStep + step, threads: threads)
  }
}
