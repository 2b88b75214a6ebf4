import Foundation
import TestSupport
import Testing

/// Every bad input gets its message and its exit code, and leaves no file behind.
struct BadInputTests {
  private let model = Locations.fixture("shapes/shapes.onnx")

  /// Runs `explain` on files made in a temporary folder, and checks that nothing was written.
  private func explain(
    model: (URL) throws -> String, input: (URL) throws -> String, _ options: [String] = []
  ) throws -> CommandLineTool {
    try Locations.withTemporaryFolder { folder in
      let output = folder.appendingPathComponent("out")
      let tool = try CommandLineTool(
        ["explain", try model(folder), try input(folder), "--output", output.path] + options)
      let left = (try? FileManager.default.contentsOfDirectory(atPath: output.path)) ?? []
      #expect(left.isEmpty)
      return tool
    }
  }

  private func file(_ name: String, _ bytes: [UInt8]) -> (URL) throws -> String {
    { folder in
      let file = folder.appendingPathComponent(name)
      try Data(bytes).write(to: file)
      return file.path
    }
  }

  private let picture: (URL) throws -> String = { _ in Locations.fixture("shapes/boat.png") }

  @Test func missingModel() throws {
    let tool = try explain(model: { $0.appendingPathComponent("none.onnx").path }, input: picture)
    #expect(tool.exitCode == 6)
    #expect(tool.errors.contains("onnx-lens: error[input-output]: "))
    #expect(tool.errors.contains("none.onnx"))
  }

  @Test func emptyModel() throws {
    let tool = try explain(model: file("empty.onnx", []), input: picture)
    #expect(tool.exitCode == 4)
    #expect(tool.errors.contains("error[malformed]"))
  }

  @Test(arguments: [10, 100, 1000, 10_000])
  func truncatedModel(length: Int) throws {
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: model)))
    let tool = try explain(model: file("cut.onnx", Array(whole.prefix(length))), input: picture)
    #expect(tool.exitCode == 4)
    #expect(tool.errors.contains("error[malformed]"))
  }

  @Test func randomModel() throws {
    var state: UInt32 = 1
    let bytes = (0..<4096).map { _ -> UInt8 in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(truncatingIfNeeded: state >> 24)
    }
    #expect(try explain(model: file("random.onnx", bytes), input: picture).exitCode == 4)
  }

  @Test func pictureThatIsNone() throws {
    let tool = try explain(model: { _ in model }, input: file("text.png", Array("not a picture".utf8)))
    #expect(tool.exitCode == 4)
    #expect(tool.errors.contains("not a PNG or JPEG image"))
  }

  @Test func missingPicture() throws {
    #expect(try explain(model: { _ in model }, input: { _ in "/nonexistent/cat.png" }).exitCode == 6)
  }

  @Test func layerThatIsNotThere() throws {
    let tool = try explain(model: { _ in model }, input: picture, ["--layer", "conv99"])
    #expect(tool.exitCode == 64)
    #expect(tool.errors.contains("there is no layer 'conv99'"))
  }

  @Test func classOutOfRange() throws {
    let tool = try explain(model: { _ in model }, input: picture, ["--class", "5000"])
    #expect(tool.exitCode == 64)
    #expect(tool.errors.contains("the model's classes are 0 to"))
  }

  @Test func outputFolderThatCannotBe() throws {
    let tool = try Locations.withTemporaryFolder { folder in
      let blocked = try file("blocked", [1])(folder)
      return try CommandLineTool(["explain", model, try picture(folder), "--output", blocked + "/out"])
    }
    #expect(tool.exitCode == 6)
    #expect(tool.errors.contains("--output"))
  }

  @Test func errorsAreJSONWhereThatIsAskedFor() throws {
    let tool = try explain(model: file("empty.onnx", []), input: picture, ["--json"])
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
