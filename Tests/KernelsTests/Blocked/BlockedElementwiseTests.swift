import Kernels
import Testing

@Suite("Elementwise layers of blocks")
struct BlockedElementwiseTests {
  static let extents: [RowLayout] = [1, 3, 5, 16, 17, 24, 33, 48].flatMap { channels in
    [1, 2, 6, 7, 13, 14, 15, 29].map { RowLayout(channels: channels, height: 1 + $0 % 3, width: $0, lanes: 1) }
  }

  static let bounds = [ClampBounds.none, .relu, .relu6, .narrow]

  @Test("A channel's scale and offset", arguments: extents)
  func channelScale(extents: RowLayout) {
    let input = numbersWithExceptions(extents.count, seed: 1)
    let (factors, offsets) = (numbers(extents.channels, seed: 2), numbers(extents.channels, seed: 3))
    let expected = input.indices.map { index in
      var sum = ReferenceSum()
      let channel = index / (extents.height * extents.width)
      sum.add(input[index], factors[channel])
      sum.add(offsets[channel], 1)
      return sum
    }
    for set in InstructionSet.available {
      for bounds in Self.bounds {
        let scale = ChannelScale(factors: factors, offsets: offsets, bounds: bounds, instructionSet: set)
        let source = GuardedMap(input, layout: extents.of(set))
        let target = GuardedMap(nil, layout: extents.of(set).margins(left: 2, right: 1))
        scale.run(input: source.map, output: target.map, rows: 0..<extents.height)
        let result = target.values
        #expect(expected.indices.allSatisfy { expected[$0].isNear(result[$0], bounds) }, "\(set), \(bounds)")
        #expect(source.isIntact && target.isIntact)
        for row in (0..<extents.height).reversed() {
          scale.run(input: source.map, output: source.map, rows: row..<row + 1)
        }
        #expect(source.values.bits == result.bits, "\(set), in place")
        #expect(source.isIntact)
      }
    }
  }

  @Test("The sum of two maps", arguments: extents)
  func sum(extents: RowLayout) {
    let (a, b) = (numbersWithExceptions(extents.count, seed: 1), numbersWithExceptions(extents.count, seed: 2).shifted)
    for set in InstructionSet.available {
      for bounds in Self.bounds {
        let sum = MapSum(bounds: bounds, instructionSet: set)
        let first = GuardedMap(a, layout: extents.of(set).margins(left: 1, right: 0))
        let second = GuardedMap(b, layout: extents.of(set).margins(left: 0, right: 2))
        let target = GuardedMap(nil, layout: extents.of(set).margins(left: 2, right: 1))
        sum.run(first.map, second.map, output: target.map, rows: 0..<extents.height)
        let result = target.values
        // One addition, rounded once: a sum of two in double precision has the same rounding.
        let expected = zip(a, b).map { Float(bounds.clamp(Double(Float(Double($0) + Double($1))))) }
        #expect(zip(result, expected).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "\(set), \(bounds)")
        #expect(first.isIntact && second.isIntact && target.isIntact)
        for row in (0..<extents.height).reversed() {
          sum.run(first.map, second.map, output: second.map, rows: row..<row + 1)
        }
        #expect(second.values.bits == result.bits, "\(set), in place")
        #expect(second.isIntact)
      }
    }
  }

  @Test("Maps may be channels of wider maps; only the rows asked for are written", arguments: InstructionSet.available)
  func views(set: InstructionSet) {
    let lanes = set.lanes
    let wide = RowLayout(channels: 4 * lanes, height: 3, width: 5, lanes: lanes)
    let channels = lanes..<3 * lanes
    let input = GuardedMap(numbers(wide.count, seed: 1), layout: wide.margins(left: 1, right: 1))
    let sums = GuardedMap(nil, layout: wide)
    let scaled = GuardedMap(nil, layout: wide)
    MapSum(bounds: .none, instructionSet: set).run(
      input.view(channels), input.view(2 * lanes..<4 * lanes), output: sums.view(channels), rows: 1..<2)
    let ones = [Float](repeating: 1, count: channels.count)
    ChannelScale(factors: ones, offsets: ones, bounds: .none, instructionSet: set).run(
      input: input.view(channels), output: scaled.view(channels), rows: 1..<2)
    let (values, sumValues, scaledValues) = (input.values, sums.values, scaled.values)
    for index in values.indices {
      let isAsked = channels.contains(index / 15) && index % 15 / 5 == 1
      let sum = isAsked ? values[index] + values[index + lanes * 15] : GuardedMap.mark
      #expect(sumValues[index].bitPattern == sum.bitPattern)
      #expect(scaledValues[index].bitPattern == (isAsked ? values[index] + 1 : GuardedMap.mark).bitPattern)
    }
    #expect(input.isIntact && sums.isIntact && scaled.isIntact)
  }
}

extension RowLayout {
  /// The number of elements.
  var count: Int { channels * height * width }

  /// A layout of the same extents in blocks of the instruction set.
  func of(_ set: InstructionSet) -> RowLayout {
    RowLayout(channels: channels, height: height, width: width, lanes: set.lanes)
  }
}

extension [Float] {
  /// The elements, each one place further, so that exceptions meet numbers.
  fileprivate var shifted: [Float] { Array(suffix(1) + dropLast()) }
}
