import Kernels
import Testing

@Suite("Transfers of feature maps")
struct MapTransferTests {
  static let extents: [RowLayout] = [1, 3, 5, 16, 17, 24, 33, 48].flatMap { channels in
    [1, 2, 6, 7, 13, 14, 15, 29].map { RowLayout(channels: channels, height: 1 + $0 % 3, width: $0, lanes: 1) }
  }

  @Test("Row-major images to and from maps, planar and in blocks", arguments: extents)
  func rowMajor(extents: RowLayout) {
    let image = numbersWithExceptions(extents.count, seed: 1)
    for set in InstructionSet.available {
      for layout in [extents, extents.of(set)].map({ $0.margins(left: 2, right: 1) }) {
        let (source, target) = (Floats(image), Floats(count: image.count))
        let map = GuardedMap(nil, layout: layout)
        for row in (0..<extents.height).reversed() {
          map.map.load(source.start, rows: row..<row + 1, instructionSet: set)
        }
        #expect(map.values.bits == image.bits, "\(set), lanes: \(layout.lanes)")
        map.map.store(to: target.start, rows: 0..<extents.height, instructionSet: set)
        #expect(target.elements.bits == image.bits, "\(set), lanes: \(layout.lanes)")
        #expect(map.isIntact)
      }
    }
  }

  @Test("Only the rows asked for are transferred", arguments: InstructionSet.available)
  func rows(set: InstructionSet) {
    let extents = RowLayout(channels: 19, height: 4, width: 3, lanes: 1)
    let image = Floats(numbers(extents.count))
    let output = Floats([Float](repeating: GuardedMap.mark, count: extents.count))
    let map = GuardedMap(nil, layout: extents.of(set))
    map.map.load(image.start, rows: 1..<3, instructionSet: set)
    let full = GuardedMap(image.elements, layout: extents.of(set))
    full.map.store(to: output.start, rows: 1..<3, instructionSet: set)
    let expected = image.elements.indices.map { (1..<3).contains($0 % 12 / 3) ? image[$0] : GuardedMap.mark }
    #expect(map.values.bits == expected.bits)
    #expect(output.elements.bits == expected.bits)
    #expect(map.isIntact && full.isIntact)
  }

  @Test(
    "Channels of a map to some channels of another", arguments: InstructionSet.available,
    [(0, 5), (0, 16), (16, 17), (3, 16), (5, 3), (16, 16), (17, 31), (32, 16), (20, 1)])
  func copyChannels(set: InstructionSet, range: (first: Int, count: Int)) {
    let extents = RowLayout(channels: range.count, height: 3, width: 5, lanes: 1)
    let wide = RowLayout(channels: 48, height: 3, width: 5, lanes: 1)
    for isPlanar in [false, true] {
      let (narrowLayout, wideLayout) = isPlanar ? (extents, wide) : (extents.of(set), wide.of(set))
      let source = GuardedMap(numbers(extents.count, seed: 1), layout: narrowLayout.margins(left: 1, right: 0))
      let old = numbers(wide.count, seed: 2)
      let target = GuardedMap(old, layout: wideLayout.margins(left: 2, right: 1))
      target.map.copyChannels(of: source.map, to: range.first, rows: 1..<3)
      let (values, result) = (source.values, target.values)
      let expected = old.indices.map { index in
        let isCopied = (range.first..<range.first + range.count).contains(index / 15) && index % 15 >= 5
        return isCopied ? values[index - range.first * 15] : old[index]
      }
      #expect(result.bits == expected.bits, "planar: \(isPlanar)")
      #expect(source.isIntact && target.isIntact)
    }
  }
}
