import Foundation
import Tensors
import TestSupport
import Testing

/// What `record` leaves behind where it does not come to its end, and what it writes on request.
struct RecordCommandTests {
  private let model = Checkout.fixture("shapes/shapes.onnx")
  private let picture = Checkout.fixture("shapes/boat.png")

  /// Killed at several moments: the golden is there and whole, or verify takes nothing of what is there for one.
  @Test(arguments: [0.0, 0.01, 0.02, 0.04, 0.08, 0.16])
  func aKilledRecordingIsNoGolden(seconds: Double) throws {
    let folder = try TemporaryFolder()
    let golden = folder.file("golden")
    let pictures = [String](repeating: picture, count: 40)
    let tool = try CommandLineTool(["record", model] + pictures + ["--output", golden, "--quiet"]) { process in
      Thread.sleep(forTimeInterval: seconds)
      kill(process, SIGKILL)
      return {}
    }
    for name in try folder.names {
      let verified = try CommandLineTool(["verify", folder.file(name), model, "--quiet"])
      if name == "golden" {
        #expect(verified.exitCode == 0, "\(verified.errors)")
      } else {
        #expect(verified.exitCode == 4, "\(name): \(verified.output)")
        #expect(verified.errors.contains("is not whole") || verified.errors.contains("is no golden"))
      }
    }
    #expect(tool.exitCode == SIGKILL || tool.exitCode == 0)
  }

  /// A file size limit stands for a full disk: writing fails after some bytes.
  @Test(arguments: [1, 8, 64, 200])
  func aFullDiskLeavesNothing(blocks: Int) throws {
    let folder = try TemporaryFolder()
    let golden = folder.file("golden")
    let tool = try CommandLineTool(
      ["record", model, picture, "--output", golden, "--quiet"], shell: "trap '' XFSZ; ulimit -f \(blocks)")
    #expect(tool.exitCode == 6, "\(tool.errors)")
    #expect(tool.errors.contains("cannot write it"))
    #expect(try folder.names == [])
  }

  @Test func aFolderThatIsBeingWrittenIsRefused() throws {
    let folder = try TemporaryFolder()
    let golden = folder.file("golden")
    #expect(try CommandLineTool(["record", model, picture, "--output", golden, "--quiet"]).exitCode == 0)
    #expect(try CommandLineTool(["verify", golden, model, "--quiet"]).exitCode == 0)
    try Data().write(to: URL(fileURLWithPath: "\(golden)/unfinished"))
    let tool = try CommandLineTool(["verify", golden, model, "--quiet"])
    #expect(tool.exitCode == 4 && tool.errors.contains("is not whole"))
  }

  @Test func namesOfOneLetterAndTrailingSlashesAreNamesToo() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: model, toPath: folder.file("m"))
    for golden in ["g", "h//"] {
      let recorded = try CommandLineTool(
        ["record", "m", picture, "--preprocess", "none", "--output", golden, "--quiet"], shell: "cd '\(folder.path)'")
      #expect(recorded.exitCode == 0, "\(recorded.errors)")
    }
    #expect(try folder.names.sorted() == ["g", "h", "m"])
    #expect(try CommandLineTool(["verify", "g", "m", "--quiet"], shell: "cd '\(folder.path)'").exitCode == 0)
  }

  @Test func goldensThatDoNotFitAreRefusedInPlainWords() throws {
    let folder = try TemporaryFolder()
    let golden = folder.file("golden")
    #expect(try CommandLineTool(["record", model, picture, "--output", golden, "--quiet"]).exitCode == 0)
    func expect(_ code: Int32, _ words: String, _ arguments: [String], line: Int = #line) throws {
      let tool = try CommandLineTool(["verify"] + arguments + ["--quiet"])
      #expect(tool.exitCode == code && tool.errors.contains(words), "line \(line): \(tool.errors)")
    }
    try expect(64, "has no inner values to --bisect with", [golden, model, "--bisect"])
    try expect(6, "there is no such folder", [folder.file("nowhere"), model])
    let small = folder.file("small.npy")
    try NpyFile.write(Tensor(try Shape([1, 3, 7, 7]), [Float](repeating: 0, count: 147)), to: small)
    try expect(
      4, "\(small) does not fit \(model): input 'input' has shape [1×3×7×7]",
      [small, model, "--reference-outputs", small])
    let manifest = "\(golden)/manifest.json"
    try Data(#"{"format": 1, "tool": ""}"#.utf8).write(to: URL(fileURLWithPath: manifest))
    try expect(4, "the key 'instruction_set' is missing", [golden, model])
    try Data("{".utf8).write(to: URL(fileURLWithPath: manifest))
    try expect(4, "manifest.json is no golden's manifest", [golden, model])
  }

  @Test func explanationsAreRecordedAndDoNotDrift() throws {
    let folder = try TemporaryFolder()
    let golden = folder.file("golden")
    let recorded = try CommandLineTool(["record", model, picture, "--output", golden, "--explain", "--quiet"])
    #expect(recorded.exitCode == 0, "\(recorded.errors)")
    let map = try NpyFile.read("\(golden)/test_data_set_0/explanation_map.npy")
    #expect(map.shape == (try Shape([96, 96])))
    let scores = try NpyFile.read("\(golden)/test_data_set_0/explanation_scores.npy")
    #expect(scores.shape.rank == 2 && scores.shape[1] == 8)
    let tool = try CommandLineTool(["verify", golden, model, "--json", "--quiet"])
    let input = try #require((try tool.json()["inputs"] as? [[String: Any]])?.first)
    let drift = try #require(input["explanation"] as? [String: Any])
    #expect(drift["max_abs_error"] as? Double == 0)
    #expect(((drift["spearman"] as? Double ?? 0) - 1).magnitude < 1e-12)
    #expect(((drift["ssim"] as? Double ?? 0) - 1).magnitude < 1e-12)
    #expect(drift["top10_iou"] as? Double == 1)
    #expect(drift["peak_shift"] as? Double == 0)
  }
}
