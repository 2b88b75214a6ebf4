private import Dispatch
private import Foundation
import Tensors

/// Calls that are not waited for longer than allowed.
enum TimeLimit {
  /// Calls `body` on a thread of its own.
  ///
  /// A call that does not end in time goes on, since a thread cannot be stopped from outside; nobody waits for it.
  ///
  /// - Returns: the result; nil where the call has taken longer than `seconds`, also where it had ended by the time that
  ///   somebody looked.
  static func call<Result: Sendable>(seconds: Double, _ body: @escaping @Sendable () -> Result) -> Result? {
    // A day is longer than anybody waits, and what no clock overflows at.
    let allowed = min(seconds, 86_400)
    let slot = Slot<Result>()
    let done = DispatchSemaphore(value: 0)
    let start = ContinuousClock.now
    let thread = Thread {
      let result = body()
      slot.value = ContinuousClock.now - start <= .seconds(allowed) ? result : nil
      done.signal()
    }
    // Graphs in graphs are run by recursion.
    thread.stackSize = 16 << 20
    thread.start()
    return done.wait(timeout: .now() + allowed) == .success ? slot.value : nil
  }

  /// A place for a value that one thread writes and another reads.
  final class Slot<Value: Sendable>: @unchecked Sendable {
    private var content: Value?
    private let lock = SystemLock()

    var value: Value? {
      get { lock.withLock { content } }
      set { lock.withLock { content = newValue } }
    }
  }
}
