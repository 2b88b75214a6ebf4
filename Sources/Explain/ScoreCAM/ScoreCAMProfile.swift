public import Execution
import Tensors

/// Where the time of Score-CAM's passes goes.
///
/// For one call of `ScoreCAM.run` at a time.
public final class ScoreCAMProfile: @unchecked Sendable {
  /// The run that gives the activation.
  public internal(set) var activationSeconds = 0.0

  /// What all masks share of the first layer, once.
  public internal(set) var sharedSeconds = 0.0

  /// The masks on the activation's grid; 0 where masked inputs are written, which is a step of the passes then.
  public internal(set) var maskSeconds = 0.0

  /// The masked passes.
  public internal(set) var passSeconds = 0.0

  /// The passes step by step.
  public internal(set) var steps: (program: Program, profile: ProgramProfile)?

  /// How many passes ran.
  public internal(set) var passCount = 0

  public init() {}
}

extension ScoreCAMProfile? {
  /// Adds the time of `body` to one of the profile's sums, where there is a profile.
  func time<Result>(
    _ sum: ReferenceWritableKeyPath<ScoreCAMProfile, Double>, _ body: () throws -> Result
  ) rethrows -> Result {
    guard let self else { return try body() }
    let start = ContinuousClock.now
    defer {
      let duration = (ContinuousClock.now - start).components
      self[keyPath: sum] += Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
    }
    return try body()
  }
}
