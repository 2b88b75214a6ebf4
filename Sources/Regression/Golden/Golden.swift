import Foundation
import OnnxFormat
import Reporting
import Tensors

/// A golden that is there to be verified against: one that `GoldenRecorder` wrote, any folder of
/// `test_data_set_N/{input,output}_M.pb` files, such as ONNX's own, or, where outputs come from elsewhere, an `.npy` file
/// that is the model's one input.
public struct Golden: Sendable {
  static let manifestName = "manifest.json"

  /// A file that is in a golden as long as it is being written.
  static let unfinishedName = "unfinished"

  /// The most bytes that a manifest may have: thousands of nodes and data sets.
  private static let largestManifest = 1 << 28

  public let path: String

  /// nil where the golden was made by something else.
  public let manifest: GoldenManifest?

  /// The names of the folders, by their numbers.
  public let dataSets: [String]

  /// Looks at the folder, and where there is a manifest makes sure that all files are as they were recorded.
  ///
  /// - Throws: `FileError` where the folder cannot be read, `RegressionError` of the kind `malformed` where it is no
  ///   golden, or not whole.
  public init(_ path: String) throws {
    self.path = path
    if path.lowercased().hasSuffix(".npy") {
      guard FileManager.default.fileExists(atPath: path) else {
        throw FileError(.inputOutput, path: path, "cannot read it: there is no such file")
      }
      manifest = nil
      dataSets = [((path as NSString).lastPathComponent as NSString).deletingPathExtension]
      return
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      throw FileError(
        .inputOutput, path: path, "there is no such folder; a golden is a folder that record makes, or an .npy file")
    }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw FileError(.inputOutput, path: path, "the folder cannot be read")
    }
    guard !names.contains(Golden.unfinishedName) else {
      throw RegressionError(
        .malformed, "\(path) is not whole: it was being recorded when that ended; remove it and record it again")
    }
    if names.contains(Golden.manifestName) {
      let manifest = try Golden.readManifest("\(path)/\(Golden.manifestName)")
      self.manifest = manifest
      dataSets = manifest.dataSets.map(\.folder)
      try checkFiles(of: manifest)
    } else {
      manifest = nil
      let prefix = "test_data_set_"
      dataSets = names.filter { $0.hasPrefix(prefix) }.compactMap { name in Int(name.dropFirst(prefix.count)) }
        .sorted().map { "\(prefix)\($0)" }
    }
    guard !dataSets.isEmpty else {
      throw RegressionError(
        .malformed,
        manifest != nil
          ? "\(path)/\(Golden.manifestName) lists no data set; record it again"
          : "\(path) is no golden: there is neither \(Golden.manifestName) nor test_data_set_0 in it")
    }
  }

  /// The values in a data set's files `input_0.pb`, … or `output_0.pb`, ….
  ///
  /// - Parameter count: how many there must be.
  /// - Throws: `RegressionError` where there are fewer or more, `ModelError` where one cannot be read.
  func values(_ prefix: String, in dataSet: String, count: Int, limits: Limits) throws -> [Tensor] {
    if path.lowercased().hasSuffix(".npy") {
      guard prefix == "input", count == 1 else {
        throw RegressionError(
          .mismatched,
          "\(path) is one input alone; the model has \(count) \(prefix)\(count == 1 ? "" : "s")"
            + (prefix == "output" ? ": give what they must be with --reference-outputs" : ""))
      }
      return [try NpyFile.read(path)]
    }
    var tensors: [Tensor] = []
    func file(_ index: Int) -> String { "\(path)/\(dataSet)/\(prefix)_\(index).pb" }
    while tensors.count < count, FileManager.default.fileExists(atPath: file(tensors.count)) {
      tensors.append(try TensorFile.read(file(tensors.count), limits: limits).tensor)
    }
    guard tensors.count == count else {
      throw RegressionError(
        .malformed, "\(file(tensors.count)) is missing; the model has \(count) \(prefix)\(count == 1 ? "" : "s")")
    }
    guard !FileManager.default.fileExists(atPath: file(count)) else {
      throw RegressionError(
        .mismatched, "\(file(count)) is one too many; the model has \(count) \(prefix)\(count == 1 ? "" : "s")")
    }
    return tensors
  }

  /// Where a data set lies, for messages.
  func place(of dataSet: String) -> String {
    path.lowercased().hasSuffix(".npy") ? path : "\(path)/\(dataSet)"
  }

  /// Whether a data set has a file `output_0.pb`.
  func hasOutputs(_ dataSet: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(path)/\(dataSet)/output_0.pb")
  }

  /// Reads keys in snake_case, as all documents of this tool have them.
  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }

  private static func readManifest(_ path: String) throws -> GoldenManifest {
    let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    guard size <= largestManifest else {
      throw RegressionError(.resourceLimit, "\(path) has more than \(largestManifest) bytes")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FileError(.inputOutput, path: path, "cannot be read")
    }
    do {
      let manifest = try decoder.decode(GoldenManifest.self, from: data)
      guard manifest.format == GoldenManifest.currentFormat else {
        throw RegressionError(
          .unsupported, "\(path) is of format \(manifest.format); this version reads \(GoldenManifest.currentFormat)")
      }
      return manifest
    } catch let error as DecodingError {
      throw RegressionError(.malformed, "\(path) is no golden's manifest: \(error.explanation); record it again")
    }
  }

  private func checkFiles(of manifest: GoldenManifest) throws {
    for dataSet in manifest.dataSets {
      let paths = Set(dataSet.files.map(\.path))
      let named = [dataSet.channelMeans, dataSet.explanation?.map, dataSet.explanation?.scores].compactMap { $0 }
      guard (named + (dataSet.values ?? []).map(\.path)).allSatisfy(paths.contains) else {
        throw RegressionError(.malformed, "\(path): the manifest names files without their SHA-256; record it again")
      }
      guard Golden.isPlain(dataSet.folder) else {
        throw RegressionError(.malformed, "\(path): the manifest names a folder '\(dataSet.folder)' outside of it")
      }
      for file in dataSet.files {
        let parts = file.path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts[0] == dataSet.folder, Golden.isPlain(parts[1]) else {
          throw RegressionError(.malformed, "\(path): the manifest names a file '\(file.path)' outside of it")
        }
        guard FileManager.default.fileExists(atPath: "\(path)/\(file.path)") else {
          throw RegressionError(.malformed, "\(path) is not whole: \(file.path) is missing; record it again")
        }
        guard try FileDigest.sha256(of: "\(path)/\(file.path)") == file.sha256 else {
          throw RegressionError(
            .malformed, "\(path)/\(file.path) is not what was recorded: its SHA-256 is another; record it again")
        }
      }
    }
  }

  /// Whether a name is that of something in the folder itself.
  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && !name.contains("/") && !name.contains("\0")
  }
}
