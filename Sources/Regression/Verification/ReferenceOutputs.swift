import Foundation
import GraphIR
public import Tensors

/// What another framework gave for a model's outputs and inner values, in NumPy's files.
///
/// - An `.npy` file is the model's one output.
/// - An `.npz` file has an array for each value; `arr_0`, … as `numpy.savez` names what has no name are the outputs by
///   their places.
/// - A folder has a file `<value with / replaced by _>.npy` for each value, or a folder or `.npz` file of that kind for
///   each data set, under the data set's name.
///
/// A value is named by its own name, by the node that makes it, or by the module whose result it is, as
/// `layer1.0.conv1`.
public struct ReferenceOutputs: Sendable {
  /// An array that has not been read yet.
  struct Entry: Sendable {
    /// nil for the one output.
    let name: String?
    let read: @Sendable () throws(FileError) -> Tensor
  }

  public let path: String

  /// - Throws: `FileError` where there is nothing at `path`.
  public init(_ path: String) throws(FileError) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw FileError(.inputOutput, path: path, "cannot read it: there is no such file or folder")
    }
    self.path = path
  }

  /// The arrays for a data set.
  func entries(for dataSet: String) throws(FileError) -> [Entry] {
    for part in ["\(path)/\(dataSet)", "\(path)/\(dataSet).npz", "\(path)/\(dataSet).npy"]
    where FileManager.default.fileExists(atPath: part) {
      return try Self.entries(at: part)
    }
    return try Self.entries(at: path)
  }

  private static func entries(at path: String) throws(FileError) -> [Entry] {
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if isFolder.boolValue {
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
        throw FileError(.inputOutput, path: path, "the folder cannot be read")
      }
      let arrays = names.filter { $0.hasSuffix(".npy") }.sorted()
      guard !arrays.isEmpty else { throw FileError(.mismatched, path: path, "the folder has no .npy files") }
      return arrays.map { name in
        Entry(name: String(name.dropLast(4))) { () throws(FileError) in try NpyFile.read("\(path)/\(name)") }
      }
    }
    guard path.lowercased().hasSuffix(".npz") else {
      return [Entry(name: nil) { () throws(FileError) in try NpyFile.read(path) }]
    }
    let archive = try NpzFile(path)
    return archive.names.map { name in Entry(name: name) { () throws(FileError) in try archive.read(name) } }
  }

  /// The arrays for a data set by the model's values.
  ///
  /// - Throws: `RegressionError` of the kind `mismatched` where a name stands for none of the model's values.
  func references(for dataSet: String, in graph: Graph) throws -> [ValueID: Entry] {
    var references: [ValueID: Entry] = [:]
    for entry in try entries(for: dataSet) {
      guard let value = graph.value(meantBy: entry.name) else {
        throw RegressionError(
          .mismatched,
          entry.name.map { "\(path): '\($0)' is neither a value nor a node nor a module of the model" }
            ?? "\(path): the model has \(graph.outputs.count) outputs; give them by name in an .npz file or a folder")
      }
      references[value] = entry
    }
    return references
  }
}

extension Graph {
  /// The value that an array's name means.
  fileprivate func value(meantBy name: String?) -> ValueID? {
    guard let name else { return outputs.count == 1 ? outputs[0] : nil }
    if let value = value(named: name) { return value }
    let made = nodes.flatMap { $0.outputs.compactMap { $0 } }
    if let value = made.first(where: { self.name(of: $0).replacing("/", with: "_") == name }) { return value }
    if let node = nodes.first(where: { $0.name == name }), let value = node.outputs.first ?? nil { return value }
    if name.hasPrefix("arr_"), let place = Int(name.dropFirst(4)), outputs.indices.contains(place) {
      return outputs[place]
    }
    // What a module gives is what its last node makes.
    return nodes.last { $0.modulePaths.contains(name) }?.outputs.first ?? nil
  }
}
