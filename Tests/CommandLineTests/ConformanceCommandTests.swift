import Foundation
import OnnxFormat
import Tensors
import TestSupport
import Testing

/// `conformance` on cases written by hand: y = max(x, 0) of two numbers, with the outputs worked out by hand.
struct ConformanceCommandTests {
  /// Writes a case of one operator from x to y on (−1, 2).
  private func write(
    _ name: String, operatorName: String = "Relu", expecting output: [Float], in folder: borrowing TemporaryFolder
  ) throws {
    let path = "\(folder.path)/cases/node/\(name)"
    try FileManager.default.createDirectory(atPath: "\(path)/test_data_set_0", withIntermediateDirectories: true)
    try Data(Wire.model(operatorName: operatorName)).write(to: URL(fileURLWithPath: "\(path)/model.onnx"))
    let shape = try Shape([2])
    try TensorFile.write(Tensor(shape, [Float(-1), 2]), name: "x", to: "\(path)/test_data_set_0/input_0.pb")
    try TensorFile.write(Tensor(shape, output), name: "y", to: "\(path)/test_data_set_0/output_0.pb")
  }

  /// One case of each kind of end; the name of the one that fails has marks that XML escapes.
  private func writeAll(in folder: borrowing TemporaryFolder) throws {
    try write("test_relu", expecting: [0, 2], in: folder)
    try write("test_<off> & \"more\"", expecting: [0, 2.5], in: folder)
    try write("test_unknown", operatorName: "Rela", expecting: [0, 2], in: folder)
  }

  private func run(in folder: borrowing TemporaryFolder, _ options: String...) throws -> CommandLineTool {
    try CommandLineTool(["conformance", "\(folder.path)/cases"] + options)
  }

  @Test func everyEndIsReported() throws {
    let folder = try TemporaryFolder()
    try writeAll(in: folder)
    let tool = try run(in: folder, "--json", "--threads", "2")
    #expect(tool.exitCode == 1)
    #expect(tool.errors.contains("cases 3/3"))
    let report = try tool.json()
    #expect(report["summary"] as? [String: Int] == ["pass": 1, "fail": 1, "unsupported": 1])
    let cases = try #require(report["cases"] as? [[String: Any]])
    let byName = Dictionary(uniqueKeysWithValues: cases.map { ($0["name"] as? String ?? "", $0) })
    let passed = try #require(byName["node/test_relu"])
    #expect(passed["status"] as? String == "pass")
    #expect(passed["operators"] as? [String] == ["Relu"])
    #expect(passed["opset"] as? Int == 13)
    #expect(passed["max_error"] as? Double == 0)
    #expect(passed["reason"] == nil)
    let failed = try #require(byName["node/test_<off> & \"more\""])
    #expect(failed["status"] as? String == "fail")
    #expect(failed["max_error"] as? Double == 0.5)
    #expect((failed["reason"] as? String)?.contains("2.0 for 2.5") == true)
    let unsupported = try #require(byName["node/test_unknown"])
    #expect(unsupported["status"] as? String == "unsupported")
    #expect((unsupported["reason"] as? String)?.contains("Rela") == true)
  }

  @Test func tableNamesOperatorsAndFailures() throws {
    let folder = try TemporaryFolder()
    try writeAll(in: folder)
    let tool = try run(in: folder, "--quiet")
    #expect(tool.errors.isEmpty)
    let lines = tool.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines.first == "operator pass fail unsupported")
    #expect(lines.contains("Relu 1 1 0"))
    #expect(lines.contains("Rela 0 0 1"))
    #expect(lines.last == "3 cases: 1 pass, 1 fail, 1 unsupported")
    #expect(lines.contains { $0.hasPrefix("failed: node/test_<off>") })
  }

  @Test func unsupportedIsNoFailure() throws {
    let folder = try TemporaryFolder()
    try write("test_unknown", operatorName: "Rela", expecting: [0, 2], in: folder)
    #expect(try run(in: folder).exitCode == 0)
  }

  @Test func junitIsWellFormed() throws {
    let folder = try TemporaryFolder()
    try writeAll(in: folder)
    #expect(try run(in: folder, "--junit", folder.file("junit.xml")).exitCode == 1)
    let text = try String(contentsOfFile: folder.file("junit.xml"), encoding: .utf8)
    #expect(text.contains("tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\""))
    #expect(text.contains("classname=\"node\" name=\"test_relu\""))
    #expect(text.contains("name=\"test_&lt;off&gt; &amp; &quot;more&quot;\""))
  }

  @Test func manifestDecides() throws {
    let folder = try TemporaryFolder()
    try writeAll(in: folder)
    let manifest = folder.file("manifest.tsv")
    // Failures are not entered, so that writing it leaves one deviation.
    #expect(try run(in: folder, "--manifest", manifest, "--update-manifest").exitCode == 1)
    let written = try String(contentsOfFile: manifest, encoding: .utf8)
    #expect(written == "node/test_relu\tpass\nnode/test_unknown\tunsupported\toperator Rela\n")

    let whole = written + "node/test_<off> & \"more\"\tdiffers\tthe case was altered\n"
    try whole.write(toFile: manifest, atomically: true, encoding: .utf8)
    let same = try run(in: folder, "--manifest", manifest, "--json")
    #expect(same.exitCode == 0)
    #expect(try same.json()["deviations"] as? [String] == [])

    for (from, to) in [
      ("test_relu\tpass", "test_relu\tunsupported\toperator Relu"), ("operator Rela", "operator Rule"),
      ("\tdiffers\tthe case was altered", "\tpass"), ("node/test_relu\tpass\n", ""), ("node/test_relu", "node/test_r"),
    ] {
      try whole.replacingOccurrences(of: from, with: to).write(toFile: manifest, atomically: true, encoding: .utf8)
      let tool = try run(in: folder, "--manifest", manifest)
      #expect(tool.exitCode == 1, "\(to)")
      #expect(tool.output.contains("not as in the manifest: node/test_"), "\(to)")
    }
  }

  @Test func wrongUsage() throws {
    let folder = try TemporaryFolder()
    try write("test_relu", expecting: [0, 2], in: folder)
    #expect(try run(in: folder, "--update-manifest").exitCode == 64)
    #expect(try run(in: folder, "--timeout", "0").exitCode == 64)
    #expect(try run(in: folder, "--manifest", folder.file("none.tsv")).exitCode == 6)
    try folder.write(Array("node/test_relu\tmaybe\n".utf8), to: "odd.tsv")
    #expect(try run(in: folder, "--manifest", folder.file("odd.tsv")).exitCode == 4)
    #expect(try CommandLineTool(["conformance", folder.file("none")]).exitCode == 6)
  }
}
