private import Dispatch
private import Foundation
import Tensors

/// Calls that are not waited for longer than allowed.
enum TimeLimit {
  /// Calls `body` on a thread of its own.
  ///
  /// A call that does not end in time goes on, since a thread cannot be stopped from outside; nobody waits for it.
  ///
  /// - Returns: the result; nil where the call has not ended within `seconds`.
  static func call<Result: Sendable>(seconds: Double, _ body: @escaping @Sendable () -> Result) -> Result? {
    let slot = Slot<Result>()
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      slot.value = body()
      done.signal()
    }
    // Graphs in graphs are run by recursion.
    thread.stackSize = 16 << 20
    thread.start()
    // A day is longer than anybody waits, and what no clock overflows at.
    return done.wait(timeout: .now() + min(seconds, 86_400)) == .success ? slot.value : nil
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
