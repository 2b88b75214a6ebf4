import Foundation
import OnnxFormat
import Tensors
import TestSupport
import Testing

/// `verify --reference-outputs` with what onnxruntime gave; scripts/make-regression-fixtures has made it.
struct ReferenceOutputsTests {
  private let model = Checkout.fixture("shapes/shapes.onnx")
  private let foreign = Checkout.fixture("regression/onnxruntime")
  private var archive: String { Checkout.fixture("regression/values.npz") }

  private func verify(_ golden: String, _ reference: String, _ options: String...) throws -> CommandLineTool {
    try CommandLineTool(["verify", golden, model, "--reference-outputs", reference, "--quiet"] + options)
  }

  @Test func archivesNameOutputsNodesAndModules() throws {
    let tool = try verify(foreign, archive, "--json")
    #expect(tool.exitCode == 0, "\(tool.output) \(tool.errors)")
    let input = try #require((try tool.json()["inputs"] as? [[String: Any]])?.first)
    let outputs = try #require(input["outputs"] as? [[String: Any]])
    #expect(outputs.map { $0["value"] as? String } == ["logits"])
    let values = try #require(input["values"] as? [[String: Any]])
    #expect(values.map { $0["node"] as? String } == ["/stem/conv/Conv", "/block2/conv/Conv"])
    #expect(values.allSatisfy { $0["same"] as? Bool == true })
  }

  @Test func anArrayIsTheOutputOfAnInputThatIsAnArray() throws {
    let folder = try TemporaryFolder()
    let (input, output) = (folder.file("x.npy"), folder.file("y.npy"))
    try NpyFile.write(try TensorFile.read("\(foreign)/test_data_set_0/input_0.pb").tensor, to: input)
    let logits = try TensorFile.read("\(foreign)/test_data_set_0/output_0.pb").tensor
    // As frameworks may give it: in float64.
    try NpyFile.write(Tensor(logits.shape, logits.elements(of: Float.self).map(Double.init)), to: output)
    #expect(try verify(input, output).exitCode == 0)
    try NpyFile.write(Tensor(logits.shape, logits.elements(of: Float.self).map { $0 + 1 }), to: output)
    #expect(try verify(input, output).exitCode == 1)
    // Without outputs there is nothing to compare with.
    #expect(try CommandLineTool(["verify", input, model]).exitCode == 4)
  }

  @Test func aFolderNamesValuesByFiles() throws {
    let folder = try TemporaryFolder()
    let values = try NpzFile(archive)
    try NpyFile.write(try values.read("/stem/conv/Conv"), to: folder.file("_stem_conv_Conv_output_0.npy"))
    #expect(try verify(foreign, folder.path).exitCode == 0)
    try NpyFile.write(try values.read("/stem/conv/Conv"), to: folder.file("nowhere.npy"))
    let tool = try verify(foreign, folder.path)
    #expect(tool.exitCode == 4 && tool.errors.contains("'nowhere' is neither a value nor a node nor a module"))
  }

  /// With one element of an inner reference off, the difference begins there, and the part below is right by itself.
  @Test func differencesAreIsolated() throws {
    let folder = try TemporaryFolder()
    let values = try NpzFile(archive)
    let stem = try values.read("/stem/conv/Conv")
    try NpyFile.write(
      Tensor(stem.shape, stem.elements(of: Float.self).map { $0 + 1 }), to: folder.file("_stem_conv_Conv_output_0.npy"))
    try NpyFile.write(try values.read("block2.conv"), to: folder.file("block2.conv.npy"))
    let tool = try verify(foreign, folder.path, "--bisect", "--json")
    #expect(tool.exitCode == 1)
    let input = try #require((try tool.json()["inputs"] as? [[String: Any]])?.first)
    let found = try #require(input["values"] as? [[String: Any]])
    #expect(found.map { $0["same"] as? Bool } == [false, true])
    #expect(found.first?["originates"] as? Bool == true)
  }
}
