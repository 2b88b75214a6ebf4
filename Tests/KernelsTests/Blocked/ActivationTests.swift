import Foundation
import Kernels
import Testing

@Suite("Activations and products of blocks")
struct ActivationTests {
  static let extents: [RowLayout] = [1, 3, 5, 16, 17, 33].flatMap { channels in
    [1, 2, 7, 14, 29].map { RowLayout(channels: channels, height: 1 + $0 % 3, width: $0, lanes: 1) }
  }

  static let activations: [Activation] = [
    .hardSigmoid(alpha: 0.2, beta: 0.5), .hardSwish(alpha: 1 / 6, beta: 0.5), .sigmoid, .swish(alpha: 1),
    .swish(alpha: 1.702), .swish(alpha: -0.5),
  ]

  /// By the definitions of the ONNX operators, in double precision.
  private func value(_ activation: Activation, _ x: Float, channel: Int) -> Double {
    let x = Double(x)
    func ramp(_ alpha: Float, _ beta: Float) -> Double {
      let y = Double(alpha) * x + Double(beta)
      return y.isNaN ? y : max(0, min(1, y))
    }
    return switch activation {
    case .slope(let slopes): x < 0 ? Double(slopes[channel]) * x : x
    case .hardSigmoid(let alpha, let beta): ramp(alpha, beta)
    case .hardSwish(let alpha, let beta): x * ramp(alpha, beta)
    case .sigmoid: 1 / (1 + exp(-x))
    case .swish(let alpha): x * (1 / (1 + exp(-Double(alpha) * x)))
    }
  }

  /// Whether a result is the value to some roundings of it, or of the numbers it is made from.
  private func isNear(_ result: Float, _ expected: Double) -> Bool {
    if expected.isNaN { return result.isNaN }
    if expected.isInfinite { return Double(result) == expected }
    return abs(Double(result) - expected) <= 0x1p-21 * max(abs(expected), 0x1p-100)
  }

  private func expect(_ activation: Activation, _ input: [Float], _ extents: RowLayout, tolerance: Double = 0) {
    let plane = extents.height * extents.width
    for set in InstructionSet.available {
      let map = MapActivation(activation, instructionSet: set)
      let source = GuardedMap(input, layout: extents.of(set).margins(left: 1, right: 0))
      let target = GuardedMap(nil, layout: extents.of(set).margins(left: 2, right: 1))
      let blocks = 0..<target.layout.blocks
      for block in blocks.reversed() {
        map.run(input: source.map, output: target.map, rows: 0..<extents.height, blocks: block..<block + 1)
      }
      let result = target.values
      let wrong = input.indices.filter {
        let expected = value(activation, input[$0], channel: $0 / plane)
        return !isNear(result[$0], expected) && !(abs(Double(result[$0]) - expected) <= tolerance)
      }
      #expect(wrong.isEmpty, "\(set)")
      #expect(source.isIntact && target.isIntact)
      map.run(input: source.map, output: source.map, rows: 0..<extents.height, blocks: blocks)
      #expect(source.values.bits == result.bits, "\(set), in place")
      #expect(source.isIntact)
    }
  }

  @Test("Near the values in double precision; NaN and infinities go as arithmetic has it", arguments: activations)
  func matchesReference(activation: Activation) {
    for extents in Self.extents {
      // A ramp's sum cancels near 0.
      let input = numbersWithExceptions(extents.count, seed: 1).map { $0 * 5 }
      expect(activation, input, extents, tolerance: 0x1p-22)
    }
  }

  @Test("A slope for each channel", arguments: extents)
  func slopes(extents: RowLayout) {
    let slopes = numbers(extents.channels, seed: 2)
    expect(.slope(slopes), numbersWithExceptions(extents.count, seed: 1), extents)
  }

  /// From where e^x is 0 to where it is ∞, results that are no normal numbers among them.
  @Test("The whole range of the exponential", arguments: [Activation.sigmoid, .swish(alpha: 1), .swish(alpha: -1)])
  func range(activation: Activation) {
    let extents = RowLayout(channels: 3, height: 4, width: 2000, lanes: 1)
    let input = (0..<extents.count).map { Float($0 - extents.count / 2) / 100 }
    expect(activation, input, extents)
    expect(activation, [88.7, 88.73, -88.7, -88.73, -103.9, 0, -0, 1e30, -1e30].map { Float($0) }, .row(9))
  }

  @Test("A map times a map, and times a pixel", arguments: extents)
  func products(extents: RowLayout) {
    let (a, b) = (numbersWithExceptions(extents.count, seed: 1), numbers(extents.count, seed: 2))
    let plane = extents.height * extents.width
    for set in InstructionSet.available {
      for isPixel in [false, true] {
        let first = GuardedMap(a, layout: extents.of(set).margins(left: 1, right: 0))
        let pixel = RowLayout(channels: extents.channels, height: 1, width: 1, lanes: set.lanes)
        let factors = isPixel ? Array(b[..<extents.channels]) : b
        let second = GuardedMap(factors, layout: (isPixel ? pixel : extents.of(set)).margins(left: 0, right: 2))
        let target = GuardedMap(nil, layout: extents.of(set).margins(left: 2, right: 1))
        MapProduct(instructionSet: set).run(first.map, second.map, output: target.map, rows: 0..<extents.height)
        let expected = a.indices.map { a[$0] * factors[isPixel ? $0 / plane : $0] }
        let result = target.values
        #expect(zip(result, expected).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "\(set), pixel: \(isPixel)")
        #expect(first.isIntact && second.isIntact && target.isIntact)
      }
    }
  }
}

extension RowLayout {
  fileprivate static func row(_ width: Int) -> RowLayout { RowLayout(channels: 1, height: 1, width: width, lanes: 1) }
}
