import Foundation
import TestSupport
import Testing

/// Every bad input gets its message and its exit code, and leaves no file behind.
struct BadInputTests {
  private let model = Checkout.fixture("shapes/shapes.onnx")

  private let picture = Checkout.fixture("shapes/boat.png")

  /// A file to be made in a test's folder.
  private struct File {
    let name: String
    let bytes: [UInt8]
  }

  /// Runs `explain`, and checks that nothing was written.
  private func explain(
    model: String? = nil, modelFile: File? = nil, input: String? = nil, inputFile: File? = nil,
    _ options: String...
  ) throws -> CommandLineTool {
    let folder = try TemporaryFolder()
    let model = try modelFile.map { try folder.write($0.bytes, to: $0.name) } ?? model ?? self.model
    let input = try inputFile.map { try folder.write($0.bytes, to: $0.name) } ?? input ?? picture
    let output = folder.file("out")
    let tool = try CommandLineTool(["explain", model, input, "--output", output] + options)
    let left = (try? FileManager.default.contentsOfDirectory(atPath: output)) ?? []
    #expect(left.isEmpty)
    return tool
  }

  @Test func missingModel() throws {
    let tool = try explain(model: "/nonexistent/none.onnx")
    #expect(tool.exitCode == 6)
    #expect(tool.errors.contains("onnx-lens: error[input-output]: "))
    #expect(tool.errors.contains("none.onnx"))
  }

  @Test func emptyModel() throws {
    let tool = try explain(modelFile: File(name: "empty.onnx", bytes: []))
    #expect(tool.exitCode == 4)
    #expect(tool.errors.contains("error[malformed]"))
  }

  @Test(arguments: [10, 100, 1000, 10_000])
  func truncatedModel(length: Int) throws {
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: model)))
    let tool = try explain(modelFile: File(name: "cut.onnx", bytes: Array(whole.prefix(length))))
    #expect(tool.exitCode == 4)
    #expect(tool.errors.contains("error[malformed]"))
  }

  @Test func randomModel() throws {
    var state: UInt32 = 1
    let bytes = (0..<4096).map { _ -> UInt8 in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(truncatingIfNeeded: state >> 24)
    }
    #expect(try explain(modelFile: File(name: "random.onnx", bytes: bytes)).exitCode == 4)
  }

  @Test func operatorThatIsNotThere() throws {
    let tool = try explain(modelFile: File(name: "unknown.onnx", bytes: Wire.model(operatorName: "Frobnicate")))
    #expect(tool.exitCode == 3)
    #expect(tool.errors.contains("error[unsupported]"))
    #expect(tool.errors.contains("Frobnicate"))
  }

  @Test func tenThousandNestedSubgraphs() throws {
    let tool = try explain(modelFile: File(name: "nested.onnx", bytes: Wire.nestedSubgraphs(10_000)))
    #expect([4, 5].contains(tool.exitCode))
    #expect(tool.errors.contains("onnx-lens: error["))
  }

  @Test func weightsOutsideOfTheModelsFolder() throws {
    let folder = try TemporaryFolder()
    try folder.write([UInt8](repeating: 0, count: 64), to: "outside.data")
    try FileManager.default.createDirectory(atPath: folder.file("inside"), withIntermediateDirectories: true)
    let model = try folder.write(Wire.externalModel(location: "../outside.data"), to: "inside/model.onnx")
    let tool = try explain(model: model)
    #expect(tool.exitCode == 4)
    #expect(tool.errors.contains("../outside.data"))
  }

  @Test func pictureOfOnePixel() throws {
    let folder = try TemporaryFolder()
    let tool = try CommandLineTool(
      ["explain", model, Checkout.fixture("images/one-pixel.png"), "--output", folder.file("out"), "--json"])
    #expect(tool.exitCode == 0)
    #expect(try (tool.json()["results"] as? [Any])?.count == 1)
  }

  @Test func pictureThatIsNone() throws {
    let tool = try explain(inputFile: File(name: "text.png", bytes: Array("not a picture".utf8)))
    #expect(tool.exitCode == 4)
    #expect(tool.errors.contains("not a PNG or JPEG image"))
  }

  @Test func missingPicture() throws {
    #expect(try explain(input: "/nonexistent/cat.png").exitCode == 6)
  }

  @Test func layerThatIsNotThere() throws {
    let tool = try explain("--layer", "conv99")
    #expect(tool.exitCode == 64)
    #expect(tool.errors.contains("there is no layer 'conv99'"))
  }

  @Test func classOutOfRange() throws {
    let tool = try explain("--class", "5000")
    #expect(tool.exitCode == 64)
    #expect(tool.errors.contains("the model's classes are 0 to"))
  }

  @Test func outputFolderThatCannotBe() throws {
    let folder = try TemporaryFolder()
    let blocked = try folder.write([1], to: "blocked")
    let tool = try CommandLineTool(["explain", model, picture, "--output", blocked + "/out"])
    #expect(tool.exitCode == 6)
    #expect(tool.errors.contains("--output"))
  }

  @Test func errorsAreJSONWhereThatIsAskedFor() throws {
    let tool = try explain(modelFile: File(name: "empty.onnx", bytes: []), "--json")
    let error = try #require(try tool.json()["error"] as? [String: Any])
    #expect(error["code"] as? String == "malformed")
    #expect((error["message"] as? String)?.isEmpty == false)
  }

  @Test(arguments: [
    ["explain"], ["frobnicate"], ["explain", "m.onnx", "a.png", "--preset", "nonsense"],
    ["explain", "m.onnx", "a.png", "--batch", "0"], ["classify", "m.onnx", "a.png", "--top", "0"],
    ["explain", "m.onnx", "a.png", "--weights", "softmax:-1"], ["explain", "m.onnx", "a.png", "--threads", "0"],
  ])
  func wrongUsage(arguments: [String]) throws {
    let tool = try CommandLineTool(arguments)
    #expect(tool.exitCode == 64)
    #expect(!tool.errors.isEmpty)
  }
}
