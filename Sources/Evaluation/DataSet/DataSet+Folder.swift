import Foundation

extension DataSet {
  private static let endings: Set<String> = ["png", "jpg", "jpeg", "npy"]

  /// Pictures in folders that are named after their class, or all in one folder, then of no known class. Sorted by name.
  init(folder: String) throws {
    let names = try DataSet.names(in: folder)
    let classes = names.filter { name in
      var isFolder: ObjCBool = false
      let path = (folder as NSString).appendingPathComponent(name)
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
    var items = names.filter(DataSet.isPicture).map { name in
      Item(file: name, path: (folder as NSString).appendingPathComponent(name))
    }
    guard items.isEmpty || classes.isEmpty else {
      throw EvaluationError(
        .malformed,
        "\(folder) holds both pictures and folders; a data set is a folder of pictures, or a folder for each class")
    }
    for name in classes {
      let path = (folder as NSString).appendingPathComponent(name)
      items += try DataSet.names(in: path).filter(DataSet.isPicture).map { file in
        Item(
          file: "\(name)/\(file)", path: (path as NSString).appendingPathComponent(file),
          labels: [Label(className: name)])
      }
    }
    self.init(kind: .folder, items: items, classNames: classes.isEmpty ? nil : classes)
  }

  private static func isPicture(_ name: String) -> Bool {
    endings.contains((name as NSString).pathExtension.lowercased())
  }

  /// By their bytes, so that no locale has a part in the order.
  private static func names(in folder: String) throws(EvaluationError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch {
      throw EvaluationError(.inputOutput, "cannot list the folder \(folder): \(error.localizedDescription)")
    }
  }
}
