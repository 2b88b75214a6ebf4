/// All that explainers can be told. Each method takes what concerns it.
public struct ExplainerOptions: Sendable {
  /// The layer that is hooked; nil for methods that hook none.
  public var layer: HookableLayer?

  /// The preset of Score-CAM, by name.
  public var preset: ScoreCAMPreset

  /// The preset's choices, perhaps with others put over them.
  public var configuration: ScoreCAMConfiguration

  /// What random numbers follow from.
  public var seed: UInt64

  /// The method's own parameters by name, those that differ from the standard.
  public var parameters: [String: Double]

  public init(
    layer: HookableLayer? = nil, preset: ScoreCAMPreset = .paper, configuration: ScoreCAMConfiguration? = nil,
    seed: UInt64 = 0, parameters: [String: Double] = [:]
  ) {
    self.layer = layer
    self.preset = preset
    self.configuration = configuration ?? preset.configuration
    self.seed = seed
    self.parameters = parameters
  }

  /// A parameter's value, as given or the standard.
  public subscript(parameter: MethodParameter) -> Double { parameters[parameter.name] ?? parameter.standard }

  /// A whole parameter's value.
  public subscript(whole parameter: MethodParameter) -> Int { Int(self[parameter]) }

  /// The values of some parameters as a record shows them.
  public func knobs(_ parameters: [MethodParameter]) -> [String: String] {
    Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.text(self[$0])) })
  }
}
