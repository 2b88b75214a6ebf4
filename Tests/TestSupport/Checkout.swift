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

  /// The folder of the ONNX backend test suite, whether it is there or not: what the environment variable
  /// ONNX_LENS_CONFORMANCE names, or where `scripts/conformance` writes it.
  public static let conformance =
    ProcessInfo.processInfo.environment["ONNX_LENS_CONFORMANCE"] ?? "\(path)/.cache/conformance"
}
