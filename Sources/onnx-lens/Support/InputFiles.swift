import Foundation
import OnnxLens

/// The files that a command's INPUT arguments mean.
enum InputFiles {
  /// The endings that a folder is searched for.
  private static let pictureEndings: Set<String> = ["png", "jpg", "jpeg"]

  /// Files as they are; of a folder its PNG and JPEG files by name, without those in folders below.
  static func expand(_ paths: [String]) throws -> [String] {
    try paths.flatMap { path -> [String] in
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw Failure(.inputOutput, "cannot read \(path): there is no such file")
      }
      guard isFolder.boolValue else { return [path] }
      let names: [String]
      do {
        names = try FileManager.default.contentsOfDirectory(atPath: path)
      } catch {
        throw Failure(.inputOutput, "cannot list the folder \(path): \(error.localizedDescription)")
      }
      let pictures = names.filter { pictureEndings.contains(($0 as NSString).pathExtension.lowercased()) }.sorted()
      guard !pictures.isEmpty else {
        throw Failure(.invalidRequest, "the folder \(path) holds no PNG or JPEG file")
      }
      return pictures.map { (path as NSString).appendingPathComponent($0) }
    }
  }

  /// A name for each file's results: its own without the ending, numbered where several would be the same.
  static func stems(of paths: [String]) -> [String] {
    var counts: [String: Int] = [:]
    return paths.map { path in
      let stem = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
      counts[stem, default: 0] += 1
      return counts[stem] == 1 ? stem : "\(stem)-\(counts[stem]!)"
    }
  }

  /// Whether a file is taken as a tensor rather than as a picture.
  static func isTensor(_ path: String) -> Bool { (path as NSString).pathExtension.lowercased() == "npy" }

  /// A float32 tensor of one picture; a missing first extent of 1 is added.
  static func readTensor(_ path: String) throws -> Tensor {
    let tensor = try NpyFile.read(path)
    guard tensor.elementType == .float32 else {
      throw Failure(.mismatched, "\(path) is of \(tensor.elementType); the network's input is float32")
    }
    let batched =
      tensor.shape.rank == 3 ? try tensor.reshaped(to: Shape([1] + tensor.shape.dimensions)) : tensor
    guard batched.shape.rank == 4, batched.shape[0] == 1, batched.count > 0 else {
      throw Failure(
        .mismatched, "\(path) has shape \(tensor.shape); a picture's tensor is 1×C×H×W or C×H×W (one picture a file)")
    }
    guard batched.withElements(of: Float.self, { $0.allSatisfy(\.isFinite) }) else {
      throw Failure(.mismatched, "\(path) has values that are not finite")
    }
    return batched
  }
}
