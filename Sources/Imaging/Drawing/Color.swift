/// A colour of 8 bits a channel.
public struct Color: Sendable, Hashable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8

  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// The grey of one level, 0 black to 255 white.
  public init(gray level: UInt8) { self.init(level, level, level) }

  public static let black = Color(gray: 0)
  public static let white = Color(gray: 255)
}
