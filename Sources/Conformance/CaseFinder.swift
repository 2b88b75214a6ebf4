import Tensors

#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif

/// Looks for conformance cases in folders: a folder that holds `model.onnx` is one, and so is a file `STEM.onnx` that
/// has a `STEM_output_0.pb` beside it.
enum CaseFinder {
  /// How many folders deep cases may lie: release, kind, case.
  private static let greatestDepth = 4

  /// The cases in and below a folder.
  ///
  /// - Throws: `FileError` where the folder cannot be read or holds no case.
  static func cases(in folder: String) throws(FileError) -> [ConformanceCase] {
    var cases: [ConformanceCase] = []
    if isCase(folder) {
      cases = [ConformanceCase(name: lastComponent(of: folder), folder: folder)]
    } else {
      try collect(in: folder, prefix: "", depth: 1, into: &cases)
    }
    guard !cases.isEmpty else {
      throw FileError(
        .inputOutput, path: folder, "there is no conformance case in it; scripts/conformance fetches the ONNX suite")
    }
    return cases
  }

  private static func collect(
    in folder: String, prefix: String, depth: Int, into cases: inout [ConformanceCase]
  ) throws(FileError) {
    let names = try contents(of: folder)
    let known = Set(names)
    for name in names where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      if name.hasSuffix(".onnx") {
        let stem = String(name.dropLast(".onnx".count))
        if known.contains("\(stem)_output_0.pb") {
          cases.append(ConformanceCase(name: prefix + stem, folder: folder, stem: stem))
        }
      } else if isCase(path) {
        cases.append(ConformanceCase(name: prefix + name, folder: path))
      } else if depth < greatestDepth, isFolder(path) {
        try collect(in: path, prefix: "\(prefix)\(name)/", depth: depth + 1, into: &cases)
      }
    }
  }

  /// The names in a folder.
  static func contents(of folder: String) throws(FileError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw FileError(.inputOutput, path: folder, "the folder cannot be read")
    }
  }

  private static func isCase(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(path)/model.onnx")
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
  }

  private static func lastComponent(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
