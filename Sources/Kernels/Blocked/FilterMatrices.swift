private import Glibc

/// Filters that are transformed when many tiles are to come. Safe to share.
final class FilterMatrices: @unchecked Sendable {
  // Touched under the lock alone.
  private var made: FloatStorage?
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  init() {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    let status = pthread_mutex_init(mutex, nil)
    precondition(status == 0, "the system has no lock left")
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// The matrices; nil where they have not been made.
  var storage: FloatStorage? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return made
  }

  /// Keeps what `body` makes, unless there is something already.
  func makeOnce(_ body: () -> FloatStorage) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if made == nil { made = body() }
  }
}
