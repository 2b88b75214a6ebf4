import Foundation

/// Runs the built executable as a user would.
struct CommandLineTool {
  let exitCode: Int32
  let output: String
  let errors: String

  /// - Parameters:
  ///   - shell: commands of a shell that set limits for it, say; nil runs it without a shell.
  ///   - meanwhile: called with the process's number once it runs; what it returns, once it has ended.
  init(
    _ arguments: [String], environment: [String: String] = [:], shell: String? = nil,
    meanwhile: (pid_t) -> () -> Void = { _ in {} }
  ) throws {
    let process = Process()
    process.executableURL = try CommandLineTool.executable
    process.arguments = arguments
    if let shell {
      process.arguments = ["-c", "\(shell); exec \"$0\" \"$@\"", try CommandLineTool.executable.path] + arguments
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
    }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let finish = meanwhile(process.processIdentifier)
    // Read one on another thread: a process that fills the one pipe must not wait for a reader of the other.
    let reader = PipeReader(errors)
    self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    self.errors = String(decoding: reader.wait(), as: UTF8.self)
    process.waitUntilExit()
    finish()
    exitCode = process.terminationStatus
  }

  /// The document that `--json` printed.
  func json() throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
  }

  /// The executable lies where the tests were built.
  private static var executable: URL {
    get throws {
      let tests = URL(fileURLWithPath: CommandLine.arguments[0])
      for folder in sequence(first: tests, next: { $0.path == "/" ? nil : $0.deletingLastPathComponent() }) {
        let file = folder.appendingPathComponent("onnx-lens")
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue {
          return file
        }
      }
      throw CocoaError(.fileNoSuchFile)
    }
  }
}

/// Reads a pipe to its end on a thread of its own.
private final class PipeReader: @unchecked Sendable {
  private var data = Data()
  private let done = DispatchSemaphore(value: 0)

  init(_ pipe: Pipe) {
    Thread.detachNewThread { [self] in
      data = pipe.fileHandleForReading.readDataToEndOfFile()
      done.signal()
    }
  }

  func wait() -> Data {
    done.wait()
    return data
  }
}
