public import Kernels
public import Tensors

/// Conformance cases, found in folders as the `onnx` package and `scripts/conformance` lay them out.
public struct ConformanceSuite: Sendable {
  /// The cases, sorted by name.
  public let cases: [ConformanceCase]

  /// Finds the cases in and below a folder.
  ///
  /// - Throws: `FileError` where the folder cannot be read or holds no case.
  public init(folder: String) throws(FileError) { try self.init(folders: [folder]) }

  /// Finds the cases in and below some folders. A case is named after its path below the folder that is given; cases
  /// that would be named alike are named after their whole path.
  ///
  /// - Throws: `FileError` where a folder cannot be read or holds no case.
  public init(folders: [String]) throws(FileError) {
    var cases: [ConformanceCase] = []
    for folder in folders { cases += try CaseFinder.cases(in: folder) }
    var counts: [String: Int] = [:]
    for item in cases { counts[item.name, default: 0] += 1 }
    self.cases = cases.map { counts[$0.name] == 1 ? $0 : $0.namedAfterPath() }.sorted { $0.name < $1.name }
  }

  /// Runs all cases, as many at a time as the pool has threads; each runs on one.
  ///
  /// - Parameters:
  ///   - limits: of each case.
  ///   - progress: is told how many cases of how many have ended, by one call at a time.
  ///   - filter: which cases to run.
  /// - Returns: the results in the order of `cases`.
  public func run(
    pool: ThreadPool, limits: ConformanceLimits = ConformanceLimits(),
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
    where filter: (ConformanceCase) -> Bool = { _ in true }
  ) -> [ConformanceResult] {
    let chosen = cases.filter(filter)
    var results = [ConformanceResult?](repeating: nil, count: chosen.count)
    var done = 0
    let lock = SystemLock()
    withoutActuallyEscaping(progress) { progress in
      withUnsafeMutablePointer(to: &done) { done in
        results.withUnsafeMutableBufferPointer { results in
          // Each place is written by the one call that has its index; the rest is touched under the lock alone.
          nonisolated(unsafe) let (results, done, progress) = (results, done, progress)
          pool.forEach(chosen.count) { index in
            results[index] = chosen[index].run(pool: pool, limits: limits)
            lock.withLock {
              done.pointee += 1
              progress(done.pointee, chosen.count)
            }
          }
        }
      }
    }
    return results.map { $0! }
  }
}
