import Foundation
import Tensors

/// Pictures with what is known of them.
public struct DataSet: Sendable {
  /// What the data set was read from.
  public enum Kind: String, Sendable, Codable {
    /// A folder of pictures, or a folder a class.
    case folder
    case csv
    case coco
  }

  /// What is known of one class in one picture.
  public struct Label: Sendable, Hashable {
    /// The class's name or index as the data set writes it.
    public var className: String
    /// Where it is, in pixels of the picture; empty where nobody has said.
    public var boxes: [PixelBox]

    public init(className: String, boxes: [PixelBox] = []) {
      self.className = className
      self.boxes = boxes
    }
  }

  /// A picture.
  public struct Item: Sendable, Hashable {
    /// As the data set names it.
    public let file: String
    /// Where it is to be read.
    public let path: String
    /// A label for each class that is known to be in the picture.
    public var labels: [Label]

    public init(file: String, path: String, labels: [Label] = []) {
      self.file = file
      self.path = path
      self.labels = labels
    }
  }

  public let kind: Kind
  public let items: [Item]

  /// The classes' names in the order in which the data set numbers them; nil where it does not.
  public let classNames: [String]?

  init(kind: Kind, items: [Item], classNames: [String]? = nil) {
    self.kind = kind
    self.items = items
    self.classNames = classNames
  }

  /// Reads a folder, a CSV file or a COCO JSON file.
  ///
  /// - Parameters:
  ///   - path: the folder or file.
  ///   - images: the folder that files are relative to; nil for the one that the data set's own file is in.
  /// - Throws: `EvaluationError` or `FileError` where it cannot be read, has no pictures, or breaks its format's rules.
  public init(_ path: String, images: String? = nil) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw EvaluationError(.inputOutput, "cannot read the data set \(path): there is no such file or folder")
    }
    let folder = images ?? path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    if isFolder.boolValue {
      self = try DataSet(folder: path)
    } else if (path as NSString).pathExtension.lowercased() == "json" {
      self = try DataSet(coco: DataSet.contents(of: path), name: path, images: folder)
    } else {
      self = try DataSet(csv: DataSet.contents(of: path), name: path, images: folder)
    }
    guard !items.isEmpty else { throw EvaluationError(.malformed, "the data set \(path) has no pictures") }
  }

  /// The data set of the first pictures alone.
  public func prefix(_ count: Int) -> DataSet {
    DataSet(kind: kind, items: Array(items.prefix(count)), classNames: classNames)
  }

  /// The data set's content as text, for telling whether two are the same.
  public var listing: String {
    items.map { item in
      let labels = item.labels.map { label in
        let boxes = label.boxes.map { "\($0.left) \($0.top) \($0.right) \($0.bottom)" }.joined(separator: ";")
        return "\(label.className)\u{1f}\(boxes)"
      }
      return ([item.file] + labels).joined(separator: "\u{1e}") + "\n"
    }.joined()
  }

  /// A relative file's path below a folder.
  static func path(of file: String, in folder: String) -> String {
    file.hasPrefix("/") || folder.isEmpty ? file : (folder as NSString).appendingPathComponent(file)
  }

  /// The bytes of the data set's own file.
  private static func contents(of path: String) throws(FileError) -> [UInt8] {
    try InputFile(path: path).contents(maximumBytes: 1 << 30)
  }
}

extension [DataSet.Label] {
  /// Adds boxes to the class's label, or a label where there is none.
  mutating func add(_ className: String, boxes: [PixelBox]) {
    if let place = firstIndex(where: { $0.className == className }) {
      self[place].boxes += boxes
    } else {
      append(DataSet.Label(className: className, boxes: boxes))
    }
  }
}
