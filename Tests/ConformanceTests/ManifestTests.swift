import Conformance
import Testing

@Suite("Conformance manifest")
struct ManifestTests {
  private func ended(_ name: String, _ outcome: ConformanceOutcome) -> ConformanceResult {
    ConformanceResult(case: ConformanceCase(name: name, folder: "/none/\(name)"), outcome: outcome)
  }

  static let text = "node/a\tpass\nnode/b\tunsupported\toperator Loop\nnode/c\tdiffers\trounded once\n"

  @Test func textIsReadAndWritten() throws {
    let manifest = try #require(ConformanceManifest(text: "# a comment\n\n" + ManifestTests.text))
    #expect(manifest.expectations["node/b"] == .isUnsupported(what: "operator Loop"))
    #expect(manifest.text == ManifestTests.text)
  }

  @Test(arguments: ["node/a", "node/a\tfails", "node/a\tunsupported", "node/a\tpass\nnode/a\tpass"])
  func oddTextIsRefused(_ text: String) { #expect(ConformanceManifest(text: text) == nil) }

  @Test func whatIsExpectedIsNoDeviation() throws {
    let manifest = try #require(ConformanceManifest(text: ManifestTests.text))
    let outcomes = [
      ended("node/a", .passed), ended("node/b", .unsupported(what: "operator Loop", message: "")),
      ended("node/c", .failed("is 1; 2 is expected")),
    ]
    #expect(manifest.deviations(of: outcomes).isEmpty)
    #expect(manifest.updated(with: outcomes) == manifest)
  }

  @Test func everyOtherEndIsADeviation() throws {
    let manifest = try #require(ConformanceManifest(text: ManifestTests.text))
    #expect(manifest.deviations(of: [ended("node/a", .failed("is 1"))], isWhole: false) == ["node/a: is 1"])
    #expect(manifest.deviations(of: [ended("node/b", .passed)], isWhole: false).count == 1)
    #expect(manifest.deviations(of: [ended("node/c", .passed)], isWhole: false).count == 1)
    #expect(manifest.deviations(of: [ended("node/new", .passed)], isWhole: false).count == 1)
    let other = ended("node/b", .unsupported(what: "operator If", message: ""))
    #expect(manifest.deviations(of: [other], isWhole: false).count == 1)
    #expect(manifest.deviations(of: [ended("node/a", .passed)]).count == 2)
  }

  @Test func aFailureIsNotTakenOver() throws {
    let manifest = try #require(ConformanceManifest(text: ManifestTests.text))
    #expect(manifest.updated(with: [ended("node/a", .failed("is 1"))]).expectations.isEmpty)
  }
}
