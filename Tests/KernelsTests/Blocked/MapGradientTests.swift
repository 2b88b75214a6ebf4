import Foundation
import Kernels
import Testing

@Suite("Gradients of blocks")
struct MapGradientTests {
  static let extents: [RowLayout] = [1, 5, 16, 17, 33].flatMap { channels in
    [1, 2, 7, 13, 29].map { RowLayout(channels: channels, height: 1 + $0 % 3, width: $0, lanes: 1) }
  }

  @Test("A gradient passes where a clamped value lies between the bounds", arguments: extents)
  func gate(extents: RowLayout) {
    let gradient = numbersWithExceptions(extents.count, seed: 1)
    let result = numbersWithExceptions(extents.count, seed: 2).map { max(-0.5, min(0.5, $0 * 2)) }
    for set in InstructionSet.available {
      for bounds in [ClampBounds.none, ClampBounds(low: 0), ClampBounds(low: -0.5, high: 0.5)] {
        let expected = zip(gradient, result).map { $1 > bounds.low && $1 < bounds.high ? $0 : 0 }
        let source = GuardedMap(gradient, layout: extents.of(set).margins(left: 1, right: 0))
        let kept = GuardedMap(result, layout: extents.of(set).margins(left: 0, right: 3))
        let target = GuardedMap(nil, layout: extents.of(set).margins(left: 2, right: 1))
        MapGate(bounds: bounds, instructionSet: set).run(
          gradient: source.map, result: kept.map, output: target.map, rows: 0..<extents.height)
        #expect(target.values.bits == expected.bits, "\(set)")
        #expect(source.isIntact && kept.isIntact && target.isIntact)
      }
    }
  }

  /// By central differences of the definitions, in double precision, away from their kinks.
  @Test("A gradient times an activation's derivative", arguments: ActivationTests.activations + [.slope([])])
  func activation(activation: Activation) {
    func value(_ x: Double, slope: Double) -> Double {
      func ramp(_ alpha: Float, _ beta: Float) -> Double { max(0, min(1, Double(alpha) * x + Double(beta))) }
      return switch activation {
      case .slope: x < 0 ? slope * x : x
      case .hardSigmoid(let alpha, let beta): ramp(alpha, beta)
      case .hardSwish(let alpha, let beta): x * ramp(alpha, beta)
      case .sigmoid: 1 / (1 + exp(-x))
      case .swish(let alpha): x / (1 + exp(-Double(alpha) * x))
      }
    }
    for extents in Self.extents {
      let plane = extents.height * extents.width
      let slopes = numbers(extents.channels, seed: 3)
      let gradient = numbers(extents.count, seed: 1)
      // No argument lies within a step of -3, -2.5, 0, 2.5 or 3, where some of the functions have kinks.
      let argument = numbers(extents.count, seed: 2).map { ($0 * 40).rounded(.down) / 8 + 0.0625 }
      let expected = argument.indices.map { index in
        let (x, slope, step) = (Double(argument[index]), Double(slopes[index / plane]), 0x1p-12)
        return Double(gradient[index]) * (value(x + step, slope: slope) - value(x - step, slope: slope)) / (2 * step)
      }
      for set in InstructionSet.available {
        let function: Activation = if case .slope = activation { .slope(slopes) } else { activation }
        let source = GuardedMap(gradient, layout: extents.of(set).margins(left: 1, right: 0))
        let kept = GuardedMap(argument, layout: extents.of(set).margins(left: 0, right: 3))
        let target = GuardedMap(nil, layout: extents.of(set).margins(left: 2, right: 1))
        for block in (0..<target.layout.blocks).reversed() {
          MapActivation(function, instructionSet: set).runGradient(
            source.map, argument: kept.map, output: target.map, rows: 0..<extents.height, blocks: block..<block + 1)
        }
        let result = target.values
        #expect(expected.indices.allSatisfy { abs(expected[$0] - Double(result[$0])) < 1e-6 }, "\(set)")
        #expect(source.isIntact && kept.isIntact && target.isIntact)
      }
    }
  }

  /// Few different values, so that windows have several largest ones.
  @Test(
    "Each window's gradient goes to the first of its largest elements, NaN being largest",
    arguments: BlockedPoolingTests.extents.filter { $0.width < 15 } + BlockedPoolingTests.windows
      + BlockedPoolingTests.uneven)
  func maxPool(layer: WindowedLayer) {
    var input = numbers(layer.inputCount, seed: 1).map { ($0 * 3).rounded() }
    for index in stride(from: 5, to: input.count, by: 97) { input[index] = .nan }
    for index in stride(from: 9, to: input.count, by: 53) { input[index] = -.infinity }
    let gradient = numbers(layer.outputCount, seed: 2).map { ($0 * 64).rounded() }
    let plane = layer.height * layer.width
    var expected = [Float](repeating: 0, count: input.count)
    layer.forEachOutput { index, channel, places in
      let places = places.map { channel * plane + $0.place }
      let largest = places.map { input[$0] }.max()
      if let place = places.first(where: { input[$0].isNaN }) ?? places.first(where: { input[$0] == largest }) {
        expected[place] += gradient[index]
      }
    }
    for set in InstructionSet.available {
      let layout = RowLayout(channels: layer.channels, height: layer.height, width: layer.width, lanes: set.lanes)
      let pooled = GuardedMap(input, layout: layout.margins(left: 1, right: 0))
      let windows = GuardedMap(gradient, layout: layer.outputLayout(lanes: set.lanes))
      let target = GuardedMap(nil, layout: layout.margins(left: 2, right: 1))
      let pooling = MaxPoolGradient(rows: layer.rows, columns: layer.columns, instructionSet: set)
      for rows in [0..<layer.height / 2, layer.height / 2..<layer.height] where !rows.isEmpty {
        for block in (0..<layout.blocks).reversed() {
          pooling.run(
            input: pooled.map, gradient: windows.map, output: target.map, rows: rows, blocks: block..<block + 1)
        }
      }
      #expect(target.values == expected, "\(set)")
      #expect(pooled.isIntact && windows.isIntact && target.isIntact)
    }
  }

  @Test(
    "Some channels of a wider map", arguments: InstructionSet.available,
    [(0, 5), (16, 17), (3, 16), (5, 3), (16, 16), (17, 31), (32, 16), (20, 1)])
  func takeChannels(set: InstructionSet, range: (first: Int, count: Int)) {
    let extents = RowLayout(channels: range.count, height: 3, width: 5, lanes: 1)
    let wide = RowLayout(channels: 48, height: 3, width: 5, lanes: 1)
    let source = GuardedMap(numbers(wide.count), layout: wide.of(set).margins(left: 1, right: 0))
    let target = GuardedMap(nil, layout: extents.of(set).margins(left: 2, right: 1))
    target.map.takeChannels(of: source.map, from: range.first, rows: 0..<3)
    #expect(target.values.bits == source.values(of: range.first..<range.first + range.count).bits)
    #expect(source.isIntact && target.isIntact)
  }

  @Test("Pixels put apart, and one pixel for all", arguments: InstructionSet.available, [0, 3, 16])
  func pixels(set: InstructionSet, firstChannel: Int) {
    let wide = RowLayout(channels: 40, height: 2, width: 4, lanes: 1)
    let extents = RowLayout(channels: 18, height: 3, width: 9, lanes: 1)
    let source = GuardedMap(numbers(wide.count), layout: wide.of(set).margins(left: 1, right: 0))
    let target = GuardedMap(nil, layout: extents.of(set).margins(left: 2, right: 1))
    target.map.clear(rows: 0..<3)
    target.map.placePixels(
      of: source.map, row: 1, firstChannel: firstChannel, count: 4, in: 2, first: 1, step: 2)
    let (values, result) = (source.values, target.values)
    for index in result.indices {
      let (channel, row, column) = (index / 27, index % 27 / 9, index % 9)
      let isPlaced = row == 2 && column % 2 == 1
      let expected = isPlaced ? values[(firstChannel + channel) * 8 + 4 + column / 2] : 0
      #expect(result[index] == expected)
    }
    let pixel = GuardedMap(numbers(18, seed: 4), layout: RowLayout(channels: 18, height: 1, width: 1, lanes: set.lanes))
    target.map.spread(pixel.map, times: 0.5, rows: 0..<3)
    let spread = target.values
    #expect(spread.indices.allSatisfy { spread[$0] == pixel.values[$0 / 27] / 2 })
    #expect(source.isIntact && target.isIntact && pixel.isIntact)
  }
}
