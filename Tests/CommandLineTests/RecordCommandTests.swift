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
