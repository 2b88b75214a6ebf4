import Glibc

/// A file without a name, for readers that take a path.
struct NamelessFile: ~Copyable {
  private let descriptor: CInt

  struct Failure: Error {}

  init(_ bytes: [UInt8]) throws {
    var name = Array("/tmp/onnx-lens-fuzz-XXXXXX".utf8CString)
    descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw Failure() }
    unlink(name)
    guard write(descriptor, bytes, bytes.count) == bytes.count else {
      close(descriptor)
      throw Failure()
    }
  }

  deinit { close(descriptor) }

  var path: String { "/proc/self/fd/\(descriptor)" }
}
