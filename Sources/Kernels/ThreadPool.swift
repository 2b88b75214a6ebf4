private import CKernels

/// A fixed number of threads for loops of independent items. Safe to share.
///
/// The split of work into items is the caller's and must not depend on `threadCount`: then neither does any result.
public final class ThreadPool: Sendable {
  /// The threads that work on a loop, the caller's counted.
  public let threadCount: Int

  private let pool: PoolHandle

  /// - Parameter threadCount: taken as at least 1 and at most 1024; nil takes one for each core that this process may
  ///   use. There are fewer where the system does not give as many.
  public init(threadCount: Int? = nil) {
    let wanted = threadCount.map { Int32(clamping: $0) } ?? ckernels_available_cores()
    guard let pool = ckernels_pool_create(wanted) else { fatalError("no memory for a pool of threads") }
    self.pool = PoolHandle(pointer: pool)
    self.threadCount = Int(ckernels_pool_threads(pool))
  }

  deinit { ckernels_pool_destroy(pool.pointer) }

  /// Calls `body` once for each index below `count`, on all threads, and returns when all calls have.
  ///
  /// A loop runs on the calling thread alone where it is started from inside of another, and while another thread runs
  /// a loop on this pool.
  public func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    guard count > 1, threadCount > 1 else {
      for index in 0..<max(count, 0) { body(index) }
      return
    }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { context in
        ckernels_pool_run(
          pool.pointer, count,
          { context, index in
            context!.assumingMemoryBound(to: (@Sendable (Int) -> Void).self).pointee(Int(index))
          }, UnsafeMutableRawPointer(mutating: context))
      }
    }
  }
}

/// The C pool, which is made for use from several threads.
private struct PoolHandle: @unchecked Sendable {
  let pointer: OpaquePointer
}
