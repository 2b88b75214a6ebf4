/// A JSON document of any structure.
enum JSONValue: Decodable, Hashable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }
}

/// The members of a JSON object, read with errors that name the key.
struct JSONMembers {
  let values: [String: JSONValue]

  /// The value of `key`; an explicit null counts as absent.
  subscript(key: String) -> JSONValue? {
    guard let value = values[key], value != .null else { return nil }
    return value
  }

  func bool(_ key: String) throws(ImageError) -> Bool? {
    guard let value = self[key] else { return nil }
    guard case .bool(let result) = value else { throw Self.wrong(key, "true or false") }
    return result
  }

  /// A finite number whose magnitude lies in `range`, or is 0 where `range` starts at 0.
  func number(_ key: String, magnitude range: ClosedRange<Double>) throws(ImageError) -> Double? {
    try self[key].map { value throws(ImageError) in try Self.number(value, key, range) }
  }

  private static func number(
    _ value: JSONValue, _ key: String, _ range: ClosedRange<Double>
  ) throws(ImageError) -> Double {
    guard case .number(let result) = value, range.contains(abs(result)) else {
      throw wrong(key, "a number of magnitude \(range.lowerBound) to \(range.upperBound)")
    }
    return result
  }

  /// A pixel count along a side, 1 to 16 384.
  func side(_ key: String) throws(ImageError) -> Int? {
    try self[key].map { value throws(ImageError) in try Self.side(value, key) }
  }

  static func side(_ value: JSONValue, _ key: String) throws(ImageError) -> Int {
    let maximum = ImageLimits.standard.side
    guard case .number(let number) = value, let side = Int(exactly: number), (1...maximum).contains(side) else {
      throw wrong(key, "a whole number of pixels, 1 to \(maximum)")
    }
    return side
  }

  /// Three numbers, or one for all three channels.
  func channels(_ key: String, magnitude range: ClosedRange<Double>) throws(ImageError) -> [Float]? {
    guard let value = self[key] else { return nil }
    switch value {
    case .array(let values) where values.count == 3:
      return try values.map { value throws(ImageError) in Float(try Self.number(value, key, range)) }
    case .number:
      return [Float](repeating: Float(try Self.number(value, key, range)), count: 3)
    default:
      throw Self.wrong(key, "three numbers, one a channel")
    }
  }

  /// One of a few strings.
  func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ key: String, of type: Choice.Type
  ) throws(ImageError) -> Choice? {
    guard let value = self[key] else { return nil }
    guard case .string(let text) = value, let choice = Choice(rawValue: text) else {
      throw Self.wrong(key, "one of " + Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
    }
    return choice
  }

  static func wrong(_ key: String, _ expected: String) -> ImageError {
    ImageError(.malformed, "\"\(key)\" is not \(expected)")
  }
}
