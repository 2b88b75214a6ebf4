import ArgumentParser
import OnnxLens

/// Methods by name, with commas between, or `all`.
struct MethodList: ExpressibleByArgument {
  let methods: [ExplanationMethod]

  init(methods: [ExplanationMethod]) { self.methods = methods }

  init?(argument: String) {
    guard let methods = parseList(argument, all: ExplanationMethod.all, name: \.name) else { return nil }
    self.init(methods: methods)
  }

  var defaultValueDescription: String { methods.map(\.name).joined(separator: ",") }

  static var allValueStrings: [String] { ExplanationMethod.all.map(\.name) + ["all"] }
}

/// Presets by name, with commas between, or `all`.
struct PresetList: ExpressibleByArgument {
  let presets: [ScoreCAMPreset]

  init(presets: [ScoreCAMPreset]) { self.presets = presets }

  init?(argument: String) {
    guard let presets = parseList(argument, all: ScoreCAMPreset.allCases, name: \.rawValue) else { return nil }
    self.init(presets: presets)
  }

  var defaultValueDescription: String { presets.map(\.rawValue).joined(separator: ",") }

  static var allValueStrings: [String] { ScoreCAMPreset.allCases.map(\.rawValue) + ["all"] }
}

/// What a list of names means; nil where a name is unknown or stands twice.
private func parseList<Item>(_ argument: String, all: [Item], name: (Item) -> String) -> [Item]? {
  guard argument != "all" else { return all }
  let names = argument.split(separator: ",", omittingEmptySubsequences: false)
  let found = names.compactMap { wanted in all.first { name($0) == wanted } }
  return found.count == names.count && Set(names).count == names.count ? found : nil
}

extension ExplainOptions {
  /// Whether what the MATLAB article does is asked for: its picture, its layer and its way of drawing.
  var followsArticle: Bool {
    method.methods.contains(where: \.hasPresets) && method.methods.count == 1
      && preset.presets.allSatisfy(\.followsArticle)
  }
}
