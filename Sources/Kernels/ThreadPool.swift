private import CKernels

/// A fixed number of threads for loops of independent items. Safe to share.
///
/// The split of work into items is the caller's and must not depend on `threadCount`: then neither does any result.
public final class ThreadPool: Sendable {
  /// The threads that work on a loop, the caller's counted.
  public let threadCount: Int

  private let pool: OpaquePointerBox

  /// - Parameter threadCount: at least 1; nil takes one for each core that this process may use.
  public init(threadCount: Int? = nil) {
    let count = max(1, threadCount ?? ThreadPool.availableCores)
    self.threadCount = count
    pool = OpaquePointerBox(ckernels_pool_create(Int32(clamping: count))!)
  }

  deinit { ckernels_pool_destroy(pool.pointer) }

  /// Calls `body` once for each index below `count`, on all threads, and returns when all calls have.
  ///
  /// A loop started from inside of another runs on the calling thread alone.
  public func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    guard count > 1, threadCount > 1 else {
      for index in 0..<count { body(index) }
      return
    }
    withoutActuallyEscaping(body) { body in
      var box = body
      withUnsafeMutablePointer(to: &box) { context in
        ckernels_pool_run(
          pool.pointer, count,
          { context, index in
            context!.assumingMemoryBound(to: (@Sendable (Int) -> Void).self).pointee(Int(index))
          }, context)
      }
    }
  }

  private static var availableCores: Int { 2 }
}

private struct OpaquePointerBox: @unchecked Sendable {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }
}
