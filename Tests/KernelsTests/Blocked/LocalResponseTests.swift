import Foundation
import Kernels
import Testing

@Suite("Local response normalization of blocks")
struct LocalResponseTests {
  static let extents: [RowLayout] = [1, 3, 5, 16, 17, 24, 33, 48].map { channels in
    RowLayout(channels: channels, height: 2, width: 1 + channels % 7, lanes: 1)
  }

  /// By the definition of the ONNX operator LRN with beta 3/4, in double precision.
  private func reference(_ input: [Float], _ extents: RowLayout, below: Int, above: Int) -> [Double] {
    let plane = extents.height * extents.width
    return input.indices.map { index in
      let channel = index / plane
      let neighbours = max(0, channel - below)...min(extents.channels - 1, channel + above)
      let sum = neighbours.reduce(0.0) { $0 + pow(Double(input[index + ($1 - channel) * plane]), 2) }
      return Double(input[index]) / pow(1.5 + 0.25 * sum, 0.75)
    }
  }

  @Test("Near the values in double precision", arguments: extents, [(2, 2), (0, 0), (1, 2), (20, 40)])
  func matchesReference(extents: RowLayout, reach: (Int, Int)) {
    let input = numbers(extents.count, seed: 1).map { $0 * 3 }
    let expected = reference(input, extents, below: reach.0, above: reach.1)
    for set in InstructionSet.available {
      let normalization = LocalResponse(
        scale: 0.25, bias: 1.5, below: reach.0, above: reach.1, instructionSet: set)
      let source = GuardedMap(input, layout: extents.of(set).margins(left: 1, right: 0))
      let target = GuardedMap(nil, layout: extents.of(set).margins(left: 2, right: 1))
      normalization.run(input: source.map, output: target.map, rows: 0..<extents.height)
      let result = target.values
      #expect(zip(result, expected).allSatisfy { abs(Double($0) - $1) <= 0x1p-20 * abs($1) }, "\(set)")
      #expect(source.isIntact && target.isIntact)
      normalization.run(input: source.map, output: source.map, rows: 0..<extents.height)
      #expect(source.values.bits == result.bits, "\(set), in place")
      #expect(source.isIntact)
    }
  }
}
