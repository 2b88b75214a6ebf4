public import Kernels
private import Synchronization
public import Tensors

#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif

/// A folder of conformance cases: one folder a kind, in it one a case, as `scripts/dump-conformance` writes them and
/// the `onnx` package keeps them.
public struct ConformanceSuite: Sendable {
  /// The cases, sorted by name.
  public let cases: [ConformanceCase]

  /// Finds the cases: each folder `kind/case` that has a `model.onnx`.
  ///
  /// - Throws: `FileError` where the folder cannot be read or holds no case.
  public init(folder: String) throws(FileError) {
    var cases: [ConformanceCase] = []
    for kind in try ConformanceSuite.contents(of: folder) {
      guard let names = try? ConformanceSuite.contents(of: "\(folder)/\(kind)") else { continue }
      for name in names where FileManager.default.fileExists(atPath: "\(folder)/\(kind)/\(name)/model.onnx") {
        cases.append(ConformanceCase(name: "\(kind)/\(name)", folder: "\(folder)/\(kind)/\(name)"))
      }
    }
    guard !cases.isEmpty else {
      throw FileError(
        .inputOutput, path: folder, "there is no conformance case in it; make them with scripts/dump-conformance")
    }
    self.cases = cases.sorted { $0.name < $1.name }
  }

  /// Runs all cases, as many at a time as the pool has threads; each runs on one.
  ///
  /// - Parameter filter: which cases to run.
  /// - Returns: the outcomes in the order of `cases`.
  public func run(
    pool: ThreadPool, where filter: (ConformanceCase) -> Bool = { _ in true }
  ) -> [(case: ConformanceCase, outcome: ConformanceOutcome)] {
    let chosen = cases.filter(filter)
    let outcomes = Mutex([ConformanceOutcome?](repeating: nil, count: chosen.count))
    pool.forEach(chosen.count) { index in
      let outcome = chosen[index].run(pool: pool)
      outcomes.withLock { $0[index] = outcome }
    }
    return zip(chosen, outcomes.withLock { $0 }).map { ($0, $1!) }
  }

  /// The names in a folder.
  static func contents(of folder: String) throws(FileError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw FileError(.inputOutput, path: folder, "the folder cannot be read")
    }
  }
}
