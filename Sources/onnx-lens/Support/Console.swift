import Foundation

/// Standard output and standard error.
enum Console {
  /// Writes a line to standard output.
  static func print(_ line: String) { write(line + "\n", to: FileHandle.standardOutput) }

  /// Writes a line to standard error.
  static func error(_ line: String) { write(line + "\n", to: FileHandle.standardError) }

  /// Writes one JSON document to standard output.
  static func printJSON(_ document: some Encodable) {
    // Documents hold only finite numbers and strings, which always encode.
    print(String(decoding: try! jsonEncoder.encode(document), as: UTF8.self))
  }

  /// Writes text as it is, without a line break.
  static func write(_ text: String, to handle: FileHandle) {
    // Nobody is left to tell where even this fails.
    try? handle.write(contentsOf: Data(text.utf8))
  }

  /// Whether standard error is a terminal, on which a line can be written over.
  static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

/// How all documents are written.
var jsonEncoder: JSONEncoder {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return encoder
}

/// Makes writing to a closed pipe an error of that write rather than the end of the process.
func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }
