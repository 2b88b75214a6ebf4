/// The header of an `.npy` file: a Python dictionary literal with the keys `descr`, `fortran_order` and `shape`.
///
/// - Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
struct NpyHeader {
  var elementType: ElementType
  var isBigEndian: Bool
  var isColumnMajor: Bool
  var shape: Shape

  /// The longest header that is read; NumPy writes a few hundred bytes.
  static let maximumLength = 65_535

  /// A clause that says what is wrong, with the kind of the fault.
  struct Problem: Error {
    let kind: FaultKind
    let message: String
  }

  init(parsing text: [UInt8]) throws(Problem) {
    var scanner = Scanner(text: text)
    var descriptor: String?
    var isColumnMajor: Bool?
    var dimensions: [Int]?
    try scanner.expect("{")
    while !scanner.take("}") {
      let key = try scanner.string()
      try scanner.expect(":")
      switch key {
      case "descr" where descriptor == nil: descriptor = try scanner.typeString()
      case "fortran_order" where isColumnMajor == nil: isColumnMajor = try scanner.boolean()
      case "shape" where dimensions == nil: dimensions = try scanner.tuple()
      default: throw Problem(kind: .malformed, message: "its header has an unexpected key '\(key)'")
      }
      if !scanner.take(",") {
        try scanner.expect("}")
        break
      }
    }
    guard scanner.isAtEnd, let descriptor, let isColumnMajor, let dimensions else {
      throw Problem(kind: .malformed, message: "its header is not a dictionary of descr, fortran_order and shape")
    }
    (elementType, isBigEndian) = try Self.elementType(of: descriptor)
    self.isColumnMajor = isColumnMajor
    do { shape = try Shape(dimensions) } catch {
      throw Problem(kind: .malformed, message: "its \(error)")
    }
  }

  private static func elementType(of descriptor: String) throws(Problem) -> (ElementType, isBigEndian: Bool) {
    let order = descriptor.first
    let code = String(descriptor.dropFirst())
    if let type = ElementType.allCases.first(where: { $0.npyCode == code }),
      order == "<" || order == ">" || order == "=" || order == "|" && type.byteCount == 1
    {
      return (type, order == ">")
    }
    throw Problem(
      kind: .unsupported,
      message: "holds elements of NumPy's type '\(descriptor)'; only booleans, integers and floats are read")
  }
}

extension ElementType {
  /// The kind and size that NumPy writes for the type, without the byte order; nil for types that NumPy lacks.
  var npyCode: String? {
    switch self {
    case .bool: "b1"
    case .int8: "i1"
    case .int16: "i2"
    case .int32: "i4"
    case .int64: "i8"
    case .uint8: "u1"
    case .uint16: "u2"
    case .uint32: "u4"
    case .uint64: "u8"
    case .float16: "f2"
    case .float32: "f4"
    case .float64: "f8"
    default: nil
    }
  }
}

/// Reads the few Python literals that a header consists of.
private struct Scanner {
  let text: [UInt8]
  var position = 0

  init(text: [UInt8]) { self.text = text }

  private mutating func skipSpace() {
    while position < text.count, [0x20, 0x09, 0x0a, 0x0d].contains(text[position]) { position += 1 }
  }

  var isAtEnd: Bool {
    mutating get {
      skipSpace()
      return position == text.count
    }
  }

  /// Takes the text if it comes next.
  mutating func take(_ wanted: String) -> Bool {
    skipSpace()
    guard text[position...].starts(with: wanted.utf8) else { return false }
    position += wanted.utf8.count
    return true
  }

  mutating func expect(_ wanted: String) throws(NpyHeader.Problem) {
    guard take(wanted) else { throw problem("'\(wanted)' expected") }
  }

  mutating func string() throws(NpyHeader.Problem) -> String {
    let quote: UInt8 = take("'") ? 0x27 : take("\"") ? 0x22 : 0
    guard quote != 0, let end = text[position...].firstIndex(of: quote) else { throw problem("a string expected") }
    defer { position = end + 1 }
    return String(decoding: text[position..<end], as: UTF8.self)
  }

  mutating func typeString() throws(NpyHeader.Problem) -> String {
    guard !take("[") else {
      throw NpyHeader.Problem(kind: .unsupported, message: "holds records; only plain arrays are read")
    }
    return try string()
  }

  mutating func boolean() throws(NpyHeader.Problem) -> Bool {
    if take("True") { return true }
    if take("False") { return false }
    throw problem("True or False expected")
  }

  mutating func tuple() throws(NpyHeader.Problem) -> [Int] {
    var numbers: [Int] = []
    try expect("(")
    while !take(")") {
      numbers.append(try integer())
      guard numbers.count <= 64 else { throw problem("more than 64 extents") }
      if !take(",") {
        try expect(")")
        break
      }
    }
    return numbers
  }

  private mutating func integer() throws(NpyHeader.Problem) -> Int {
    skipSpace()
    let digits = text[position...].prefix { (0x30...0x39).contains($0) || $0 == 0x2d }
    guard let number = Int(String(decoding: digits, as: UTF8.self)) else { throw problem("an integer expected") }
    position = digits.endIndex
    // Python 2 marks long integers.
    _ = take("L")
    return number
  }

  private func problem(_ message: String) -> NpyHeader.Problem {
    NpyHeader.Problem(kind: .malformed, message: "its header cannot be read: \(message) at byte \(position)")
  }
}
