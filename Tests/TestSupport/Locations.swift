public import Foundation

/// Where tests find files.
public enum Locations {
  /// The package's root folder.
  public static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A file under Fixtures.
  public static func fixture(_ path: String) -> String {
    package.appendingPathComponent("Fixtures").appendingPathComponent(path).path
  }

  /// A file of the trained models and labelled photographs that may lie beside the checkout; nil where they do not.
  public static func shared(_ path: String) -> String? {
    let file = package.deletingLastPathComponent().appendingPathComponent("shared").appendingPathComponent(path).path
    return FileManager.default.fileExists(atPath: file) ? file : nil
  }

  /// Whether trained models and labelled photographs lie beside the checkout.
  public static var hasShared: Bool { shared("models") != nil }

  /// Calls `body` with a new empty folder that is removed afterwards.
  public static func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("onnx-lens-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}
