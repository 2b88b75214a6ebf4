import TestSupport
import Testing

/// `inspect --lint`.
struct InspectLintTests {
  /// A graph of one Relu from `x` to `y`, which declare no shape.
  @Test func findingsAsTextAndJSON() throws {
    let folder = try TemporaryFolder()
    let model = try folder.write(Wire.model(operatorName: "Relu"), to: "relu.onnx")
    let text = try CommandLineTool(["inspect", model, "--lint", "--quiet"])
    #expect(text.exitCode == 0)
    #expect(text.output.contains("lint        0 warnings, 1 notes\n"))
    #expect(text.output.contains("  information[dynamic-dimension]: Input 'x' declares no shape. Export with"))

    let findings = try CommandLineTool(["inspect", model, "--lint", "--json"]).json()["lint"] as? [[String: Any]]
    #expect(findings?.count == 1)
    #expect(findings?.first?["code"] as? String == "dynamic-dimension")
    #expect(findings?.first?["severity"] as? String == "information")
    #expect(findings?.first?["value"] as? String == "x")
    #expect(try CommandLineTool(["inspect", model, "--json"]).json()["lint"] == nil)
  }
}
