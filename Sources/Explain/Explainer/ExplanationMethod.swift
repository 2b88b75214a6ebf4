/// A method of explanation by name: what it is called, what it needs, and how to get an explainer.
///
/// A method is one file, which ends in its `ExplanationMethod`, and one line in `all`.
public struct ExplanationMethod: Sendable {
  /// As the command line spells it, such as `score-cam`.
  public let name: String

  /// As people write it, such as `Score-CAM`.
  public let title: String

  /// What the map shows, one sentence without a full stop.
  public let summary: String

  /// Whether a layer is hooked; else the network is only asked for logits.
  public let hooksLayer: Bool

  /// Whether presets and knobs of Score-CAM apply.
  public let hasPresets: Bool

  /// Whether the map is no explanation but something to compare explanations with.
  public let isBaseline: Bool

  /// The numbers that the method can be told.
  public let parameters: [MethodParameter]

  private let make: @Sendable (ExplainerOptions) throws -> any Explainer

  /// - Parameter make: gets options whose parameters are checked, and a layer where `hooksLayer`.
  public init(
    _ name: String, title: String, summary: String, hooksLayer: Bool, hasPresets: Bool = false,
    isBaseline: Bool = false,
    parameters: [MethodParameter] = [], make: @escaping @Sendable (ExplainerOptions) throws -> any Explainer
  ) {
    self.name = name
    self.title = title
    self.summary = summary
    self.hooksLayer = hooksLayer
    self.hasPresets = hasPresets
    self.isBaseline = isBaseline
    self.parameters = parameters
    self.make = make
  }

  /// All methods, in the order in which they are listed.
  public static let all: [ExplanationMethod] = [
    .scoreCAM, .fastScoreCAM, .ssCAM, .isCAM, .cam, .ablationCAM, .reciproCAM, .eigenCAM, .rise, .occlusion, .lime,
    .saliency, .gradientTimesInput, .smoothGrad, .integratedGradients, .guidedBackpropagation, .gradCAM,
    .gradCAMPlusPlus, .xGradCAM, .layerCAM, .smoothGradCAMPlusPlus, .random, .centre,
  ]

  /// The method of that name.
  public static func named(_ name: String) -> ExplanationMethod? { all.first { $0.name == name } }

  /// An explainer.
  ///
  /// - Throws: `ExplainError` where a parameter is unknown or makes no sense, or the layer is missing.
  public func explainer(_ options: ExplainerOptions) throws -> any Explainer {
    if hooksLayer, options.layer == nil {
      throw ExplainError(.invalidRequest, "\(title) hooks a layer; name one")
    }
    for (name, value) in options.parameters.sorted(by: { $0.key < $1.key }) {
      guard let parameter = parameters.first(where: { $0.name == name }) else {
        let known = parameters.map(\.name).joined(separator: ", ")
        throw ExplainError(
          .invalidRequest,
          "\(title) has no parameter '\(name)'; \(known.isEmpty ? "it has none" : "it has \(known)")")
      }
      try parameter.check(value)
    }
    return try make(options)
  }
}
