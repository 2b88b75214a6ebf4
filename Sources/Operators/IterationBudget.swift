import Tensors

/// How many rounds the loops of a run may still take together, so that a run ends whatever a model's file says. Building
/// a sequence takes its part too. May be shared between threads.
public final class IterationBudget: @unchecked Sendable {
  /// The rounds that a run may take where nothing else is asked for.
  public static let standardLimit = 1 << 20

  public let limit: Int

  /// Touched under the lock alone.
  private var rest: Int
  private let lock = SystemLock()

  public init(limit: Int = IterationBudget.standardLimit) {
    self.limit = limit
    rest = limit
  }

  /// Takes some rounds.
  ///
  /// - Throws: `resourceLimit` where fewer are left.
  func take(_ count: Int) throws(OperatorError) {
    let isThere = lock.withLock {
      guard count <= rest else { return false }
      rest -= count
      return true
    }
    guard isThere else {
      throw OperatorError(
        .resourceLimit,
        "the loops of the run take more than the \(limit) rounds allowed; raise the limit "
          + "maximumIterations where the model is to be trusted")
    }
  }

  /// Accounts for making a sequence of `count` elements from another: a copy of 256 is worth a round.
  func takeCopy(of count: Int) throws(OperatorError) { try take(count / 256) }
}
