/// Colours for values of 0 to 1.
public struct ColorMap: Sendable, Hashable {
  public let name: String

  /// The colours in order; at least one.
  public let colors: [Color]

  /// - Precondition: `colors` is not empty.
  public init(name: String, colors: [Color]) {
    precondition(!colors.isEmpty)
    self.name = name
    self.colors = colors
  }

  /// The colour of a value; what lies outside of 0 to 1 takes the nearer end, a NaN the lower one.
  public func color(at value: Float) -> Color {
    guard value > 0 else { return colors[0] }
    return value < 1 ? colors[min(Int(value * Float(colors.count)), colors.count - 1)] : colors[colors.count - 1]
  }

  /// The maps by name, in the order in which a list for users shows them.
  public static let all: [ColorMap] = [jet, turbo, viridis, inferno, plasma, magma, gray]

  /// The names that ``named(_:)`` knows.
  public static let names = all.map(\.name)

  /// The map of one of ``names``, nil for any other.
  public static func named(_ name: String) -> ColorMap? { all.first { $0.name == name } }

  /// Black to white in 256 levels.
  public static let gray = ColorMap(name: "gray", colors: (0...255).map { Color(gray: $0) })
}
