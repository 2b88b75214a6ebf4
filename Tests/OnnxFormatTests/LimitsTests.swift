import Foundation
import OnnxFormat
import Testing

struct LimitsTests {
  private func decode(_ json: String) throws -> Limits {
    try JSONDecoder().decode(Limits.self, from: Data(json.utf8))
  }

  @Test func jsonChangesWhatItNames() throws {
    var expected = Limits.default
    expected.maximumDepth = 7
    expected.allowsHardLinks = true
    #expect(try decode(#"{"maximumDepth": 7, "allowsHardLinks": true}"#) == expected)
    #expect(try decode("{}") == .default)
  }

  @Test func goesThroughJSON() throws {
    var limits = Limits()
    limits.maximumFileBytes = 1
    limits.maximumFieldCount = 2
    limits.maximumMessageCount = 3
    limits.unpackingBudget = 4
    limits.maximumTensorElements = 5
    limits.maximumExternalFiles = 6
    limits.maximumInlinedNodes = 7
    limits.maximumIterations = 8
    #expect(try JSONDecoder().decode(Limits.self, from: JSONEncoder().encode(limits)) == limits)
  }

  @Test(arguments: [
    #"{"maximumDeph": 7}"#, #"{"maximumDepth": -1}"#, #"{"maximumDepth": "7"}"#, #"{"maximumDepth": 1e30}"#, "[]",
  ])
  func refuses(_ json: String) {
    #expect(throws: DecodingError.self) { try decode(json) }
  }

  @Test func theStackIsSafeFromSettings() throws {
    #expect(try decode(#"{"maximumDepth": 1000000}"#).maximumDepth <= 200)
  }
}
