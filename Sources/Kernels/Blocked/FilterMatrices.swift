private import Glibc

/// Filters that are transformed when many tiles are to come. Safe to share.
final class FilterMatrices: @unchecked Sendable {
  enum Content: Sendable {
    /// The filters, to be transformed whenever they are used.
    case filters(FloatStorage)
    case matrices(FloatStorage)
  }

  // Touched under the lock alone.
  private var current: Content
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  init(_ filters: FloatStorage) {
    current = .filters(filters)
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    let status = pthread_mutex_init(mutex, nil)
    precondition(status == 0, "the system has no lock left")
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// What there is at present. Who holds it may go on with it.
  var content: Content {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return current
  }

  /// Puts what `body` makes in the filters' place, unless that has been done already.
  func makeOnce(_ body: (_ filters: FloatStorage) -> FloatStorage) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if case .filters(let filters) = current { current = .matrices(body(filters)) }
  }
}
