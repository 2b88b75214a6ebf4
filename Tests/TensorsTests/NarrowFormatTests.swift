import Foundation
import Tensors
import TestSupport
import Testing

/// Formats of at most eight bits against ml_dtypes, by `scripts/make-type-fixtures`.
struct NarrowFormatTests {
  struct Format: Decodable, Sendable {
    let values: [String]
    let numbers: [String]?
    let codes: [UInt8]?
    let saturated: [UInt8]?
  }

  static let formats: [String: Format] = {
    let data = FileManager.default.contents(atPath: Checkout.fixture("types/narrow-formats.json"))
    return try! JSONDecoder().decode([String: Format].self, from: data!)
  }()

  static let types = ElementType.allCases.filter { formats[$0.name] != nil }

  @Test func allFormatsAreThere() {
    #expect(Self.types.count == 12)
    #expect(Self.types == ElementType.allCases.filter { NarrowFormat($0) != nil })
  }

  @Test(arguments: types)
  func everyCodeStandsForItsNumber(_ type: ElementType) throws {
    let format = try #require(NarrowFormat(type))
    let values = Self.formats[type.name]!.values
    #expect(values.count == 1 << type.bitCount)
    for (code, text) in values.enumerated() {
      let expected = try #require(Double(text))
      let value = format.value(of: UInt8(code))
      #expect(value == expected && value.sign == expected.sign || value.isNaN && expected.isNaN, "\(type) \(code)")
      guard !expected.isNaN else { continue }
      #expect(format.code(for: value, saturating: false) == UInt8(code), "\(type) \(value)")
    }
  }

  @Test(arguments: types.filter { formats[$0.name]!.numbers != nil })
  func numbersAreRounded(_ type: ElementType) throws {
    let format = try #require(NarrowFormat(type))
    let golden = Self.formats[type.name]!
    #expect(golden.numbers!.count > 40)
    for (index, text) in golden.numbers!.enumerated() {
      let number = try #require(Double(text))
      #expect(format.code(for: number, saturating: false) == golden.codes![index], "\(type) \(number)")
      #expect(format.code(for: number, saturating: true) == golden.saturated![index], "\(type) \(number), saturated")
    }
  }

  // The table in the specification of ONNX's operator Cast 24; 2⁻¹²⁷ has code 0, 2¹²⁷ code 254.
  @Test func powersOfTwoAreRoundedAsAsked() throws {
    let format = NarrowFormat.powerOfTwo
    let numbers = [0, 1, 1.25, 1.5, 1.75, 3, 0x1.8p127, .infinity, 0x1p-130, 0x1p-128, -2]
    func codes(_ rounding: NarrowFormat.PowerRounding, saturating: Bool = true) -> [UInt8] {
      numbers.map { format.code(for: $0, saturating: saturating, rounding: rounding) }
    }
    #expect(codes(.up) == [0, 127, 128, 128, 128, 129, 254, 254, 0, 0, 128])
    #expect(codes(.down) == [0, 127, 127, 127, 127, 128, 254, 254, 0, 0, 128])
    #expect(codes(.nearest, saturating: false) == [255, 127, 127, 128, 128, 129, 255, 255, 255, 255, 128])
    #expect(format.code(for: .nan) == 255)
  }

  // By hand: two's complement, and clamping as QuantizeLinear asks for.
  @Test func integersAreClampedOrKeepTheirLowBits() {
    let signed = NarrowFormat.signed(bitCount: 4)
    #expect([-9, -8, -1.9, 7.9, 8, .infinity, -.infinity].map { signed.code(for: $0) } == [8, 8, 15, 7, 7, 7, 8])
    #expect(signed.code(for: .nan) == 0)
    #expect([-9, 8, 17].map { signed.code(ofLowBits: $0) } == [7, 8, 1])
    let unsigned = NarrowFormat.unsigned(bitCount: 2)
    #expect([-1, 3.9, 4, .nan].map { unsigned.code(for: $0) } == [0, 3, 3, 0])
    #expect([-1, 6].map { unsigned.code(ofLowBits: $0) } == [3, 2])
  }
}
