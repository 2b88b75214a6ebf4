import COnnxProto
import Glibc
import Tensors

/// Opens files below a folder by names that are not to be trusted: no symbolic link is followed on the way, and the
/// folder is not left.
enum FolderFile {
  /// Who follows the path.
  enum Resolution: CaseIterable {
    /// The kernel, in one call; where it lacks that, as `components`.
    case kernel
    /// One component after the other, each in the folder that was opened before.
    case components
  }

  /// Opens a file for reading, of whatever kind it is.
  ///
  /// - Parameter path: names parted by single slashes, none of them `..`.
  /// - Returns: a descriptor.
  static func open(
    _ path: String, below folder: String, by resolution: Resolution = .kernel
  ) throws(FileError) -> CInt {
    let components = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard components.allSatisfy({ !$0.isEmpty && $0 != ".." }), !path.utf8.contains(0) else {
      throw FileError(.malformed, path: path, "is no path below the model's folder")
    }
    // The folder itself is the user's own, links and all.
    let root = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard root >= 0 else { throw FileError.system(path: path, "cannot be opened") }
    if resolution == .kernel {
      let descriptor = connxproto_open_beneath(root, path)
      let code = errno
      // An older system, a container that forbids what it does not know, or a folder renamed meanwhile.
      if descriptor >= 0 || ![ENOSYS, EPERM, EAGAIN].contains(code) {
        close(root)
        return try check(descriptor, code, path)
      }
    }
    return try open(components, in: root, path: path)
  }

  private static func open(_ components: [String], in root: CInt, path: String) throws(FileError) -> CInt {
    var descriptor = root
    for (index, component) in components.enumerated() {
      let kind = index == components.count - 1 ? O_NONBLOCK : O_DIRECTORY
      let next = openat(descriptor, component, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | kind)
      let code = errno
      close(descriptor)
      descriptor = try check(next, code, path)
    }
    return descriptor
  }

  private static func check(_ descriptor: CInt, _ code: CInt, _ path: String) throws(FileError) -> CInt {
    guard descriptor < 0 else { return descriptor }
    if [ELOOP, ENOTDIR, EXDEV].contains(code) {
      throw FileError(.malformed, path: path, "is or passes a symbolic link, or passes what is no folder")
    }
    errno = code
    throw FileError.system(path: path, "cannot be opened")
  }
}
