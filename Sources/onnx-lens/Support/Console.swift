import Foundation
import OnnxLens

/// Standard output and standard error.
enum Console {
  /// Writes a line to standard output.
  static func print(_ line: String) { write(line + "\n", to: FileHandle.standardOutput) }

  /// Writes a line to standard error.
  static func error(_ line: String) { write(line + "\n", to: FileHandle.standardError) }

  /// Writes one JSON document to standard output.
  static func printJSON(_ document: some Encodable) {
    // Documents hold only finite numbers and strings, which always encode.
    write(try! JSONDocument.text(of: document), to: .standardOutput)
  }

  /// Writes text as it is, without a line break.
  static func write(_ text: String, to handle: FileHandle) {
    // Nobody is left to tell where even this fails.
    try? handle.write(contentsOf: Data(text.utf8))
  }

  /// Whether standard error is a terminal, on which a line can be written over.
  static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}
