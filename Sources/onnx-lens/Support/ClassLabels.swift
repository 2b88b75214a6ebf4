import Foundation
import OnnxLens

/// The names of a model's classes, a line each, in index order.
struct ClassLabels {
  let names: [String]

  /// Reads the file that is asked for, or else `<model>.labels.txt` beside the model.
  ///
  /// - Returns: nil where neither is there.
  /// - Throws: `Failure` where a file cannot be read or names another number of classes.
  init?(path: String?, model: String, classCount: Int) throws {
    let beside = (model as NSString).deletingPathExtension + ".labels.txt"
    guard let file = path ?? (FileManager.default.fileExists(atPath: beside) ? beside : nil) else { return nil }
    let text: String
    do {
      text = try String(contentsOfFile: file, encoding: .utf8)
    } catch {
      throw Failure(.inputOutput, "cannot read the labels \(file): \(error.localizedDescription)")
    }
    var names = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    while names.last == "" { names.removeLast() }
    guard names.count == classCount else {
      throw Failure(
        .mismatched, "\(file) names \(names.count) classes; the model has \(classCount): one name a line is expected")
    }
    self.names = names
  }

  /// The index of the class with that name: the whole of it, or one of its comma-separated synonyms, or else the only
  /// one that contains it; capitals do not matter.
  func index(of name: String) throws -> Int {
    let wanted = name.lowercased()
    let exact = names.indices.filter { index in
      let own = names[index].lowercased()
      return own == wanted
        || own.split(separator: ",").contains { $0.trimmingCharacters(in: .whitespaces) == wanted }
    }
    let matches = exact.isEmpty ? names.indices.filter { names[$0].lowercased().contains(wanted) } : exact
    guard let first = matches.first else {
      throw Failure(.invalidRequest, "no class is named '\(name)'")
    }
    guard matches.count == 1 else {
      let shown = matches.prefix(8).map { "\($0) \(names[$0])" }.joined(separator: "; ")
      throw Failure(
        .invalidRequest, "'\(name)' fits \(matches.count) classes: \(shown)\(matches.count > 8 ? "; …" : "")")
    }
    return first
  }
}
