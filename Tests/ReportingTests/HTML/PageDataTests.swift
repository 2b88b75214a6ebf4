import Explain
import Foundation
import Tensors
import Testing

@testable import Reporting

/// What scripts of a page are given, for numbers that are small enough to work out by hand.
struct PageDataTests {
  @Test func contributionsAreSharesOfMagnitudes() throws {
    // Means 2, 4 and 0, so terms 1, −1 and 0.
    let activation = LayerActivation(Tensor(try Shape([1, 3, 1, 2]), [1, 3, 2, 6, 0, 0] as [Float]))
    let channels = ChannelWeights(scores: [7, .nan, 0.123456789], weights: [0.5, -0.25, 0])
    let rows = ChannelRow.rows(of: channels, activation, limit: 10)
    #expect(rows.map(\.channel) == [0, 1, 2])
    #expect(rows.map(\.minimum) == [1, 2, 0])
    #expect(rows.map(\.maximum) == [3, 6, 0])
    #expect(rows.map(\.contribution) == [0.5, -0.5, 0])
    #expect(rows.map(\.score) == [7, nil, 0.12346])
    let json = String(decoding: try JSONEncoder().encode(rows[1]), as: UTF8.self)
    #expect(json == "[1,2,6,null,-0.25,-0.5]")
    #expect(ChannelRow.rows(of: channels, activation, limit: 2).map(\.channel) == [0, 1])
  }

  @Test func mapsAreSixteenBitsLowByteFirst() throws {
    let map = SaliencyMap(width: 3, height: 1, values: [0, 0.5, 2])
    let page = PageMap(map, side: 256)
    // 0, 32768 and 65535; what is beyond 1 counts as 1.
    #expect(Data(base64Encoded: page.values) == Data([0, 0, 0, 0x80, 0xff, 0xff]))
    let odd = PageMap(SaliencyMap(width: 2, height: 1, values: [.nan, -1]), side: 256)
    #expect(Data(base64Encoded: odd.values) == Data([0, 0, 0, 0]))
    let large = PageMap(
      SaliencyMap(width: 300, height: 200, values: [Float](repeating: 0.25, count: 60_000)), side: 100)
    #expect((large.width, large.height) == (100, 100))
  }

  @Test func featureMapsKeepToTheirBudget() throws {
    let values = (0..<4 * 8 * 8).map { Float($0 % 64) }
    let activation = LayerActivation(Tensor(try Shape([1, 4, 8, 8]), values))
    let whole = PageFeatureMaps(activation, channels: [1, 3], budget: 1000)
    let bytes = try #require(Data(base64Encoded: whole.values))
    #expect((whole.width, whole.height, bytes.count) == (8, 8, 128))
    // Each channel over its own range.
    #expect(bytes[0] == 0 && bytes[63] == 255 && bytes[64] == 0 && bytes[127] == 255)
    let small = PageFeatureMaps(activation, channels: [0, 1, 2, 3], budget: 100)
    #expect((small.width, small.height) == (5, 5))
    #expect(Data(base64Encoded: small.values)?.count == 100)
  }

  @Test func digestsAreThoseOfContentSecurityPolicies() {
    // The example of the specification "Content Security Policy Level 2", W3C, 2016.
    #expect(
      PageResource.digest(of: "alert('Hello, world.');") == "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=")
  }
}
