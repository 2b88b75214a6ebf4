import Foundation

/// Documents as all commands and files write them: keys in snake_case and in order, indented, with a line break at the
/// end.
public enum JSONDocument {
  /// The document of a value that holds strings and finite numbers.
  ///
  /// - Throws: `EncodingError` for a number that is not finite.
  public static func text(of value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }
}
