public import Kernels
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
    var outcomes = [ConformanceOutcome?](repeating: nil, count: chosen.count)
    outcomes.withUnsafeMutableBufferPointer { outcomes in
      // Each place is written by the one call that has its index.
      nonisolated(unsafe) let outcomes = outcomes
      pool.forEach(chosen.count) { outcomes[$0] = chosen[$0].run(pool: pool) }
    }
    return zip(chosen, outcomes).map { ($0, $1!) }
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
