import Foundation

/// Where the tests find their files.
public enum Checkout {
  /// The checkout's own folder.
  public static let path = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// The path of a file below `Fixtures`.
  public static func fixture(_ name: String) -> String { "\(path)/Fixtures/\(name)" }

  /// The folder of trained models, photographs and reference maps that developers keep beside the checkout; nil
  /// where there is none.
  public static let shared: String? = ["\(path)/../shared", "\(path)/../../shared"].first {
    FileManager.default.fileExists(atPath: "\($0)/models")
  }
}
