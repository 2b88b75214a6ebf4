import Foundation
import TestSupport
import Testing

/// Files that change while they are used.
struct ChangedFileTests {
  /// The system tells by SIGBUS that a mapped file was cut off; here the test does.
  @Test func aLostFileIsToldOf() throws {
    let folder = try TemporaryFolder()
    // The tool waits at this pipe for its limits.
    let pipe = folder.file("limits.json")
    #expect(mkfifo(pipe, 0o600) == 0)
    let model = Checkout.fixture("shapes/shapes.onnx")
    let tool = try CommandLineTool(["inspect", model, "--limits", pipe]) { process in
      // Opening returns when the tool has come to read.
      let writer = open(pipe, O_WRONLY)
      kill(process, SIGBUS)
      // The pipe stays open until the tool is gone: it reads no end of it before.
      return { _ = close(writer) }
    }
    #expect(tool.exitCode == 6)
    #expect(tool.errors.hasPrefix("onnx-lens: error[input-output]: a file changed"))
    #expect(tool.errors.hasSuffix("\n"))
  }
}
