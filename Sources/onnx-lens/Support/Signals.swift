import Foundation

/// Makes writing to a closed pipe an error of that write rather than the end of the process.
func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

/// Ends the process with a line and an exit code where a model's file is cut off, or its disk fails, while weights are
/// read from it in place: the system tells by a signal.
func reportLostFiles() {
  signal(SIGBUS) { _ in
    // Nothing may be called here but what is safe in a signal's handler.
    let line: StaticString = """
      onnx-lens: error[input-output]: a file changed or could not be read while it was used: do not write to a model or \
      its external data while they are in use

      """
    _ = write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
    _exit(6)
  }
}
