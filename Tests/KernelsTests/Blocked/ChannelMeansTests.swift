import Kernels
import Testing

@Suite("Means of channels")
struct ChannelMeansTests {
  static let extents: [RowLayout] = [1, 3, 5, 16, 17, 24, 33, 48].flatMap { channels in
    [(1, 1), (7, 7), (3, 29), (30, 14)].map { RowLayout(channels: channels, height: $0, width: $1, lanes: 1) }
  }

  @Test("The result is near the one in double precision", arguments: extents)
  func matchesReference(extents: RowLayout) {
    let input = numbers(extents.count, seed: 1)
    let plane = extents.height * extents.width
    for set in InstructionSet.available {
      let result = means(input, extents, set)
      for channel in 0..<extents.channels {
        var sum = ReferenceSum()
        for value in input[channel * plane..<(channel + 1) * plane] { sum.add(value, 1 / Float(plane)) }
        #expect(sum.isNear(result[channel]), "\(set), channel \(channel)")
      }
      #expect(means(input, extents, set, isSplit: true).bits == result.bits, "\(set)")
    }
  }

  @Test("NaN and infinities reach their channel", arguments: InstructionSet.available)
  func exceptions(set: InstructionSet) {
    let extents = RowLayout(channels: 4, height: 2, width: 3, lanes: 1)
    var input = [Float](repeating: 1, count: extents.count)
    (input[6], input[13], input[20], input[22]) = (.nan, .infinity, .infinity, -.infinity)
    let result = means(input, extents, set)
    #expect(result[0] == 1)
    #expect(result[1].isNaN)
    #expect(result[2] == .infinity)
    #expect(result[3].isNaN)
  }

  /// The means. `isSplit` computes each block on its own.
  private func means(
    _ input: [Float], _ extents: RowLayout, _ set: InstructionSet, isSplit: Bool = false
  ) -> [Float] {
    let source = GuardedMap(input, layout: extents.of(set).margins(left: 1, right: 2))
    let target = GuardedMap(
      nil,
      layout: RowLayout(channels: extents.channels, height: 1, width: 1, lanes: set.lanes).margins(left: 1, right: 1))
    let blocks = 0..<source.layout.blocks
    for part in isSplit ? blocks.reversed().map({ $0..<$0 + 1 }) : [blocks] {
      ChannelMeans(instructionSet: set).run(input: source.map, output: target.map, blocks: part)
    }
    #expect(source.isIntact && target.isIntact)
    return target.values
  }
}
