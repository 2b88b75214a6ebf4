import Conformance
import Foundation
import Kernels
import TestSupport
import Testing

/// Where the suite is, and whether it is there.
enum SuiteFiles {
  static let environment = ProcessInfo.processInfo.environment
  static let folder = Checkout.conformance
  static let isThere = FileManager.default.fileExists(atPath: folder)
  static let manifest = Checkout.fixture("conformance/manifest.tsv")
}

/// The ONNX backend test suite against the committed manifest.
///
/// The suite is written by `scripts/conformance` into `.cache/conformance`, or into the folder that the environment
/// variable ONNX_LENS_CONFORMANCE names. Where ONNX_LENS_CONFORMANCE_WRITE is set, the manifest is written instead of
/// being compared; the change is then for review.
struct SuiteTests {
  @Test(.enabled(if: SuiteFiles.isThere, "no suite: run scripts/conformance --fetch"))
  func everyCaseEndsAsTheManifestSays() throws {
    let suite = try ConformanceSuite(folder: SuiteFiles.folder)
    let outcomes = suite.run(pool: ThreadPool())
    var manifest = try #require(
      ConformanceManifest(text: try String(contentsOfFile: SuiteFiles.manifest, encoding: .utf8)))
    if SuiteFiles.environment["ONNX_LENS_CONFORMANCE_WRITE"] != nil {
      manifest = manifest.updated(with: outcomes)
      try manifest.text.write(toFile: SuiteFiles.manifest, atomically: true, encoding: .utf8)
    }
    let deviations = manifest.deviations(of: outcomes)
    #expect(
      deviations.isEmpty,
      """
      \(deviations.joined(separator: "\n"))
      If this is what is wanted, run the test with ONNX_LENS_CONFORMANCE_WRITE=1 and commit the manifest.
      """)
  }
}
