extension Preprocessing {
  private enum Crop: String, CaseIterable { case center, none }
  private enum Resize: String, CaseIterable { case squash, none }

  /// The keys of a preprocessing file.
  static let keys = [
    "size", "resize", "resize_short_side", "crop", "interpolation", "layout", "channels", "scale", "mean", "std",
  ]

  /// The preprocessing that a JSON object with some of ``keys`` describes; a key that is left out has the value that
  /// `none` has, except that a `resize_short_side` implies a centre crop.
  ///
  /// - Throws: `ImageError` where a key is unknown, or a value is not of its kind or out of bounds.
  init(_ members: JSONMembers) throws(ImageError) {
    if let key = members.values.keys.filter({ !Self.keys.contains($0) }).min() {
      throw ImageError(
        .malformed, "\"\(key)\" is not a preprocessing key; the keys are \(Self.keys.joined(separator: ", "))")
    }
    self = .none
    size = try members["size"].map { value throws(ImageError) in try Self.size(value, "size") }
    let short = try members.side("resize_short_side")
    guard short == nil || members["resize"] == nil else {
      throw ImageError(.malformed, "\"resize\" and \"resize_short_side\" exclude each other")
    }
    if let short {
      resizing = .shortSide(short)
    } else if case .array = members["resize"] {
      resizing = .exact(try Self.size(members["resize"]!, "resize"))
    } else {
      resizing = try members.choice("resize", of: Resize.self) == Resize.none ? .none : .squash
    }
    cropsCenter = try members.choice("crop", of: Crop.self).map { $0 == .center } ?? (short != nil)
    interpolation = try members.choice("interpolation", of: ResampleFilter.self) ?? interpolation
    layout = try members.choice("layout", of: Layout.self)
    channels = try members.choice("channels", of: Channels.self) ?? channels
    scale = try members.number("scale", magnitude: Self.factors).map { Float($0) } ?? scale
    mean = try members.channels("mean", magnitude: Self.offsets) ?? mean
    std = try members.channels("std", magnitude: Self.factors) ?? std
  }

  /// What a factor's and an offset's magnitude may be, so that no value leaves the range of `Float`.
  static let factors = 1e-9...1e9
  static let offsets = 0...1e9

  /// A side of a square, or height and width.
  private static func size(_ value: JSONValue, _ key: String) throws(ImageError) -> Size {
    switch value {
    case .number:
      let side = try JSONMembers.side(value, key)
      return Size(height: side, width: side)
    case .array(let sides) where sides.count == 2:
      return Size(height: try JSONMembers.side(sides[0], key), width: try JSONMembers.side(sides[1], key))
    default:
      throw JSONMembers.wrong(key, "[height, width] or one number")
    }
  }
}

/// In JSON, the keys of a preprocessing file.
extension Preprocessing: Codable {
  public init(from decoder: any Decoder) throws {
    guard case .object(let values) = try JSONValue(from: decoder) else {
      throw ImageError(.malformed, "a preprocessing description is a JSON object")
    }
    try self.init(JSONMembers(values: values))
  }

  private enum CodingKeys: String, CodingKey {
    case size, resize, crop, interpolation, layout, channels, scale, mean, std
    case resizeShortSide = "resize_short_side"
  }

  /// A short side in proportion to the size is written in pixels, for a side of ``defaultSide`` where there is no size.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(size.map { [$0.height, $0.width] }, forKey: .size)
    switch resizing {
    case .none: try container.encode(Resize.none.rawValue, forKey: .resize)
    case .squash: try container.encode(Resize.squash.rawValue, forKey: .resize)
    case .exact(let target): try container.encode([target.height, target.width], forKey: .resize)
    case .shortSide(let side): try container.encode(side, forKey: .resizeShortSide)
    case .shortSideRatio(let numerator, let denominator):
      let side = size.map { max($0.height, $0.width) } ?? Self.defaultSide
      try container.encode(side * numerator / denominator, forKey: .resizeShortSide)
    }
    try container.encode((cropsCenter ? Crop.center : Crop.none).rawValue, forKey: .crop)
    try container.encode(interpolation.rawValue, forKey: .interpolation)
    try container.encodeIfPresent(layout?.rawValue, forKey: .layout)
    try container.encode(channels.rawValue, forKey: .channels)
    try container.encode(scale, forKey: .scale)
    try container.encode(mean, forKey: .mean)
    try container.encode(std, forKey: .std)
  }
}
