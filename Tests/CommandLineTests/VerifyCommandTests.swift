import Foundation
import OnnxFormat
import Tensors
import TestSupport
import Testing

/// `record` and `verify` on the small network of Fixtures/shapes.
struct VerifyCommandTests {
  private let model = Checkout.fixture("shapes/shapes.onnx")
  private let picture = Checkout.fixture("shapes/boat.png")
  /// What onnxruntime gave; scripts/make-regression-fixtures has made it.
  private let foreign = Checkout.fixture("regression/onnxruntime")

  private func record(in folder: borrowing TemporaryFolder) throws -> String {
    let golden = folder.file("golden")
    let tool = try CommandLineTool(["record", model, picture, "--output", golden, "--quiet"])
    #expect(tool.exitCode == 0, "\(tool.errors)")
    return golden
  }

  private func verify(_ golden: String, _ model: String, _ options: String...) throws -> CommandLineTool {
    try CommandLineTool(["verify", golden, model, "--quiet"] + options)
  }

  /// The model with the largest weight of a convolution doubled.
  private func alteredModel(of node: String, in folder: borrowing TemporaryFolder) throws -> String {
    let graph = try ModelReader.read(contentsOf: model).graph
    let convolution = try #require(graph.nodes.first { $0.name == node })
    let value = try #require(convolution.inputs[1])
    let weights = try #require(graph.initializers[value]).elements(of: Float.self)
    let index = try #require(weights.indices.max { weights[$0].magnitude < weights[$1].magnitude })
    var data = try Data(contentsOf: URL(fileURLWithPath: model))
    let range = try #require(data.range(of: weights.withUnsafeBytes { Data($0) }))
    let place = range.lowerBound + 4 * index
    data.replaceSubrange(place..<place + 4, with: withUnsafeBytes(of: weights[index] * 2) { Data($0) })
    return try folder.write(Array(data), to: "altered.onnx")
  }

  @Test func sameModelIsTheSameToTheLastBit() throws {
    let folder = try TemporaryFolder()
    let golden = try record(in: folder)
    let tool = try verify(golden, model, "--tolerance", "bit-exact", "--threads", "1")
    #expect(tool.exitCode == 0)
    #expect(tool.output.hasPrefix("same: all outputs for 1 input are within bit-exact\n"))
    #expect(try folder.names == ["golden"])
    let document = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: "\(golden)/manifest.json")))
    let manifest = try #require(document as? [String: Any])
    let sets = try #require(manifest["data_sets"] as? [[String: Any]])
    let nodes = try #require(sets.first?["nodes"] as? [[String: Any]])
    // The network has 18 nodes, none of them constant.
    #expect(nodes.count == 18)
    #expect(nodes.first?["node"] as? String == "/stem/conv/Conv")
    #expect(nodes.first?["shape"] as? [Int] == [1, 16, 48, 48])
    #expect(manifest["opsets"] as? [String: Int] == ["ai.onnx": 13])
  }

  @Test func oneAlteredWeightIsFound() throws {
    let folder = try TemporaryFolder()
    let golden = try record(in: folder)
    let altered = try alteredModel(of: "/block2/conv/Conv", in: folder)
    let junit = folder.file("report.xml")
    let tool = try verify(golden, altered, "--json", "--junit", junit)
    #expect(tool.exitCode == 1)
    let report = try tool.json()
    #expect(report["same"] as? Bool == false)
    let input = try #require((report["inputs"] as? [[String: Any]])?.first)
    #expect(input["input"] as? String == picture)
    #expect((input["first_divergence"] as? [String: Any])?["node"] as? String == "/block2/conv/Conv")
    #expect((input["first_other_bits"] as? [String: Any])?["node"] as? String == "/block2/conv/Conv")
    let output = try #require((input["outputs"] as? [[String: Any]])?.first)
    #expect(output["value"] as? String == "logits")
    #expect((output["violations"] as? Int ?? 0) > 0 && (output["max_abs_error"] as? Double ?? 0) > 1e-3)
    #expect(input["top1_agrees"] != nil)
    let xml = try String(contentsOfFile: junit, encoding: .utf8)
    // The output, and the values inside.
    #expect(xml.contains("tests=\"2\" failures=\"2\"") && xml.contains("/block2/conv/Conv"))
    let text = try verify(golden, altered)
    #expect(text.exitCode == 1)
    let verdict = text.output.prefix { $0 != "\n" }
    #expect(verdict.hasPrefix("different: output 'logits' for \(picture)"))
    #expect(verdict.contains("the first node beyond the tolerance is Conv '/block2/conv/Conv'"))
  }

  @Test func whatAnotherRuntimeGaveIsTheSame() throws {
    let tool = try verify(foreign, model, "--json")
    #expect(tool.exitCode == 0)
    let report = try tool.json()
    #expect(report["tolerance"] as? String == "fp32-reexport")
    let input = try #require((report["inputs"] as? [[String: Any]])?.first)
    #expect(input["first_divergence"] == nil)
    let output = try #require((input["outputs"] as? [[String: Any]])?.first)
    #expect(output["violations"] as? Int == 0)
    #expect(output["shape"] as? [Int] == [1, 8])
    let folder = try TemporaryFolder()
    #expect(try verify(foreign, alteredModel(of: "/block2/conv/Conv", in: folder)).exitCode == 1)
  }

  @Test func anExistingGoldenStays() throws {
    let folder = try TemporaryFolder()
    let golden = try record(in: folder)
    let tool = try CommandLineTool(["record", model, picture, "--output", golden])
    #expect(tool.exitCode == 6 && tool.errors.contains("exists already"))
  }

  @Test func aFailedRecordingLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let tensor = folder.file("wrong.npy")
    try NpyFile.write(Tensor(try Shape([1, 3, 5, 5]), [Float](repeating: 0, count: 75)), to: tensor)
    let tool = try CommandLineTool(["record", model, picture, tensor, "--output", folder.file("golden")])
    #expect(tool.exitCode == 4)
    #expect(try folder.names == ["wrong.npy"])
  }

  @Test func incompleteGoldensAreRefused() throws {
    let folder = try TemporaryFolder()
    let golden = try record(in: folder)
    let output = "\(golden)/test_data_set_0/output_0.pb"
    let whole = try Data(contentsOf: URL(fileURLWithPath: output))
    try whole.dropLast(3).write(to: URL(fileURLWithPath: output))
    var tool = try verify(golden, model)
    #expect(tool.exitCode == 4 && tool.errors.contains("is not what was recorded"))
    try FileManager.default.removeItem(atPath: output)
    tool = try verify(golden, model)
    #expect(tool.exitCode == 4 && tool.errors.contains("test_data_set_0/output_0.pb is missing"))
    // Without the manifest it is a plain folder, which says the same of itself.
    try FileManager.default.removeItem(atPath: "\(golden)/manifest.json")
    tool = try verify(golden, model)
    #expect(tool.exitCode == 4 && tool.errors.contains("output_0.pb is missing"))
    try whole.dropLast(3).write(to: URL(fileURLWithPath: output))
    tool = try verify(golden, model)
    #expect(tool.exitCode == 4 && tool.errors.contains("output_0.pb"))
    try FileManager.default.removeItem(atPath: "\(golden)/test_data_set_0")
    tool = try verify(golden, model)
    #expect(tool.exitCode == 4 && tool.errors.contains("is no golden"))
  }

  @Test func shapesOfInputsAndOutputsAreChecked() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("test_data_set_0")
    try FileManager.default.copyItem(atPath: "\(foreign)/test_data_set_0", toPath: path)
    try TensorFile.write(Tensor(try Shape([8]), [Float](repeating: 0, count: 8)), to: "\(path)/output_0.pb")
    var tool = try verify(folder.path, model)
    #expect(tool.exitCode == 1 && tool.output.contains("has shape [1×8] instead of [8]"))
    try TensorFile.write(Tensor(try Shape([1, 3, 2]), [Float](repeating: 0, count: 6)), to: "\(path)/input_0.pb")
    tool = try verify(folder.path, model)
    #expect(tool.exitCode == 4 && tool.errors.contains("input 'input' has shape"))
  }

  @Test func manifestsThatNameOtherFilesAreRefused() throws {
    let folder = try TemporaryFolder()
    let golden = try record(in: folder)
    let path = "\(golden)/manifest.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let outside = text.replacingOccurrences(of: "test_data_set_0/output_0.pb", with: "test_data_set_0/../../x")
    try outside.write(toFile: path, atomically: true, encoding: .utf8)
    var tool = try verify(golden, model)
    #expect(tool.exitCode == 4 && tool.errors.contains("outside of it"))
    try String(text.prefix(text.count / 2)).write(toFile: path, atomically: true, encoding: .utf8)
    tool = try verify(golden, model)
    #expect(tool.exitCode == 4 && tool.errors.contains("is no golden's manifest"))
  }
}
