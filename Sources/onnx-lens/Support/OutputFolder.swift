import Foundation
import OnnxLens

/// A folder that results are written to.
struct OutputFolder {
  let path: String

  /// Makes the folder and those above it where they are missing, and makes sure that files can be written to it, so that
  /// no long work is done in vain.
  init(_ path: String) throws {
    self.path = path
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        .inputOutput,
        "cannot make the output folder \(path): \(error.localizedDescription); choose another with --output")
    }
    guard FileManager.default.isWritableFile(atPath: path) else {
      throw Failure(.inputOutput, "cannot write to the output folder \(path); choose another with --output")
    }
  }

  /// The path of a file in the folder.
  func path(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }
}
