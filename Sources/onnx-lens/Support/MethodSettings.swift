import ArgumentParser
import OnnxLens

/// The parameters of methods that are given with `--set`: `masks=4000` for every method that has it, `rise.masks=4000`
/// for one. What is given for one method goes before what is given for all, wherever it stands; of two that are given
/// alike the last one counts.
struct MethodSettings {
  private var values: [String: [String: Double]] = [:]

  /// - Throws: `ValidationError` where an argument is no name and number, or none of the methods has the parameter.
  init(_ arguments: [String], for methods: [ExplanationMethod]) throws {
    var own: [String: [String: Double]] = [:]
    for argument in arguments {
      let (key, value) = try MethodSettings.pair(argument)
      let path = key.split(separator: ".", maxSplits: 1).map(String.init)
      let name = path.last ?? ""
      let takers = methods.filter { method in
        (path.count == 1 || method.name == path[0]) && method.parameters.contains { $0.name == name }
      }
      guard !takers.isEmpty else {
        let known = Set(methods.flatMap(\.parameters).map(\.name)).sorted().joined(separator: ", ")
        throw ValidationError(
          "--set \(argument): no chosen method has this parameter; they have \(known.isEmpty ? "none" : known)")
      }
      for method in takers {
        if path.count == 1 {
          values[method.name, default: [:]][name] = value
        } else {
          own[method.name, default: [:]][name] = value
        }
      }
    }
    values.merge(own) { common, own in common.merging(own) { $1 } }
  }

  /// Those that concern a method.
  func parameters(of method: ExplanationMethod) -> [String: Double] { values[method.name] ?? [:] }

  private static func pair(_ argument: String) throws -> (name: String, value: Double) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let value = Double(parts[1]), value.isFinite else {
      throw ValidationError(
        "--set \(argument): a name and a number are expected, such as masks=4000 or rise.masks=4000")
    }
    return (String(parts[0]), value)
  }
}
