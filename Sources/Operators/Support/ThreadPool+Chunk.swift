import Kernels

extension ThreadPool {
  /// About how many elements of cheap work one thread takes at a time.
  static let chunk = 1 << 14
}
