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
  func add(since start: ContinuousClock.Instant, step: Int, threads: Int) {
    let duration = ContinuousClock.now - start
    let elapsed = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    lock.withLock { seconds[step] += elapsed * Double(threads) }
  }
}
