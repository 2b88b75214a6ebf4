import Foundation
import Tensors
import TestSupport
import Testing

/// `diff` and `run --check-finite` on models of one operator from x to y, with results worked out by hand.
struct DiffCommandTests {
  /// Writes models of these operators and the input (−1, 2), and runs `diff`.
  private func diff(
    _ operators: [String], _ options: String..., in folder: borrowing TemporaryFolder
  ) throws -> CommandLineTool {
    var models: [String] = []
    for name in operators { models.append(try folder.write(Wire.model(operatorName: name), to: "\(name).onnx")) }
    try NpyFile.write(Tensor(try Shape([1, 1, 1, 2]), [Float(-1), 2]), to: folder.file("x.npy"))
    return try CommandLineTool(["diff"] + models + [folder.file("x.npy")] + options)
  }

  @Test func same() throws {
    let folder = try TemporaryFolder()
    let tool = try diff(["Relu", "Relu"], "--tolerance", "bit-exact", in: folder)
    #expect(tool.exitCode == 0)
    #expect(tool.output == "same under bit-exact: 1 values, the largest error 0\n")
    #expect(try diff(["Relu", "Relu"], "--json", in: folder).json()["same"] as? Bool == true)
  }

  @Test func different() throws {
    let folder = try TemporaryFolder()
    let tool = try diff(["Relu", "Neg"], "--json", in: folder)
    #expect(tool.exitCode == 1)
    let report = try tool.json()
    #expect(report["same"] as? Bool == false)
    #expect(report["tolerance"] as? String == "fp32-reexport")
    // (0, 2) and (1, −2).
    let first = try #require(report["first_divergence"] as? [String: Any])
    #expect(first["value_a"] as? String == "y")
    #expect(first["value_b"] as? String == "y")
    #expect(first["node_a"] as? String == "Relu → y")
    #expect(first["node_b"] as? String == "Neg → y")
    #expect(first["max_abs_error"] as? Double == 4)
    #expect(first["originates"] as? Bool == true)
    #expect((report["nodes"] as? [[String: Any]])?.count == 1)
    let structure = try #require(report["structure"] as? [[String: Any]])
    #expect(structure.map { $0["kind"] as? String } == ["operators", "operators", "operator"])

    let text = try diff(["Relu", "Neg"], in: folder)
    #expect(text.exitCode == 1)
    #expect(text.output.contains("different under fp32-reexport: 1 of 1 values, the first of them\n"))
    #expect(
      text.output.contains("  error  at most 4; 2 elements of 1×1×1×2 are outside\n  the difference begins here\n"))
  }

  @Test func tolerancesByName() throws {
    let folder = try TemporaryFolder()
    let loose = try folder.write(Array(#"{"values": [{"name": "y*", "atol": 4}]}"#.utf8), to: "loose.json")
    #expect(try diff(["Relu", "Neg"], "--tolerance", loose, in: folder).exitCode == 0)
    let other = try folder.write(Array(#"{"values": [{"name": "z*", "atol": 4}]}"#.utf8), to: "other.json")
    #expect(try diff(["Relu", "Neg"], "--tolerance", other, in: folder).exitCode == 1)
  }

  @Test func wrongUsage() throws {
    let folder = try TemporaryFolder()
    #expect(try diff(["Relu", "Relu"], "--tolerance", "loose", in: folder).exitCode == 6)
    #expect(try diff(["Relu", "Rela"], in: folder).exitCode == 3)
    #expect(try CommandLineTool(["diff", folder.file("Relu.onnx"), folder.file("none.onnx"), "x.npy"]).exitCode == 6)
  }

  @Test func firstNonFinite() throws {
    let folder = try TemporaryFolder()
    let model = try folder.write(Wire.model(operatorName: "Sqrt"), to: "sqrt.onnx")
    try NpyFile.write(Tensor(try Shape([2]), [Float(-1), 4]), to: folder.file("x.npy"))
    let arguments = ["run", model, "--input", folder.file("x.npy"), "--output", folder.file("out")]
    #expect(try CommandLineTool(arguments).exitCode == 0)
    let tool = try CommandLineTool(arguments + ["--check-finite", "--json"])
    #expect(tool.exitCode == 1)
    let origin = try #require(try tool.json()["first_non_finite"] as? [String: Any])
    #expect(origin["node"] as? String == "Sqrt → y")
    #expect((origin["statistics"] as? [String: Any])?["nans"] as? Int == 1)
    let inputs = try #require(origin["inputs"] as? [[String: Any]])
    #expect((inputs.first?["statistics"] as? [String: Any])?["minimum"] as? Double == -1)
    try NpyFile.write(Tensor(try Shape([2]), [Float(1), 4]), to: folder.file("x.npy"))
    #expect(try CommandLineTool(arguments + ["--check-finite"]).exitCode == 0)
  }
}
