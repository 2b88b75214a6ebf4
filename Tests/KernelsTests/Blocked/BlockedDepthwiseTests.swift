import Kernels
import Testing

@Suite("Depthwise convolution of blocks")
struct BlockedDepthwiseTests {
  static let extents: [WindowedLayer] = [1, 3, 5, 16, 17, 24, 33, 48].flatMap { channels in
    [1, 2, 6, 7, 13, 14, 15, 29].flatMap { width in
      [1, 2].map { stride in
        let steps = WindowSteps(kernel: 3, stride: stride, begin: 1)
        return WindowedLayer(channels, 1 + width % 4, width, steps, bottom: 1, right: 1)
      }
    }
  }

  static let windows: [WindowedLayer] = [(1, 1), (5, 5), (7, 7), (11, 11), (1, 7), (7, 1), (3, 3)].flatMap {
    (kernelHeight, kernelWidth) in
    [1, 2, 3, 4].flatMap { stride in
      [1, 2].map { dilation in
        WindowedLayer(
          same: 5, 8, 31, WindowSteps(kernel: kernelHeight, stride: stride, dilation: dilation),
          WindowSteps(kernel: kernelWidth, stride: stride, dilation: dilation))
      }
    }
  }

  static let uneven: [WindowedLayer] = [
    WindowedLayer(17, 6, 9, WindowSteps(kernel: 3, begin: 2), WindowSteps(kernel: 3, stride: 2), bottom: 0, right: 2),
    WindowedLayer(5, 7, 8, WindowSteps(kernel: 3, stride: 2), WindowSteps(kernel: 3, begin: 2), bottom: 2),
    WindowedLayer(3, 2, 3, WindowSteps(kernel: 2, begin: 3), bottom: 4, right: 4),
  ]

  @Test("The result is near the one in double precision", arguments: extents + windows + uneven)
  func matchesReference(layer: WindowedLayer) {
    let input = numbers(layer.inputCount, seed: 1)
    expectReference(layer, input, .none)
  }

  @Test("Clamping follows the sum; NaN and infinities reach the windows that see them", arguments: windows + uneven)
  func clamping(layer: WindowedLayer) {
    let input = numbersWithExceptions(layer.inputCount, seed: 1)
    for bounds in [ClampBounds.none, .relu, .relu6, .narrow] { expectReference(layer, input, bounds) }
  }

  @Test("The bits are the same for each split of rows and blocks", arguments: uneven + windows + extents.suffix(8))
  func sameBits(layer: WindowedLayer) {
    let input = numbers(layer.inputCount, seed: 1)
    for set in InstructionSet.available {
      let whole = result(layer, input, .relu, set)
      #expect(result(layer, input, .relu, set, isSplit: true).bits == whole.bits, "\(set)")
    }
  }

  @Test("Maps may be channels of wider maps; only what is asked for is written", arguments: InstructionSet.available)
  func views(set: InstructionSet) {
    let lanes = set.lanes
    let layer = WindowedLayer(3 * lanes, 5, 8, WindowSteps(kernel: 3, begin: 1), bottom: 1, right: 1)
    let data = numbers(layer.inputCount, seed: 1)
    let layout = RowLayout(channels: 5 * lanes, height: 5, width: 8, lanes: lanes)
    let others = numbers(lanes * 5 * 8, seed: 7)
    let input = GuardedMap(others + data + others, layout: layout.margins(left: 1, right: 2), above: 1, below: 1)
    let output = GuardedMap(nil, layout: layout.margins(left: 3, right: 0))
    convolution(layer, .none, set).run(
      input: input.view(lanes..<4 * lanes), output: output.view(2 * lanes..<5 * lanes), rows: 1..<4, blocks: 1..<3)
    let expected = result(layer, data, .none, set)
    let values = output.values
    for index in values.indices {
      let (channel, pixel) = index.quotientAndRemainder(dividingBy: 5 * 8)
      let isAsked = (3 * lanes..<5 * lanes).contains(channel) && (1..<4).contains(pixel / 8)
      let value = isAsked ? expected[index - 2 * lanes * 5 * 8] : GuardedMap.mark
      #expect(values[index].bitPattern == value.bitPattern)
    }
    #expect(input.isIntact && output.isIntact)
  }

  private func weights(_ layer: WindowedLayer) -> [Float] { numbers(layer.channels * layer.taps, seed: 2) }

  private func bias(_ layer: WindowedLayer) -> [Float] { numbers(layer.channels, seed: 3) }

  private func expectReference(_ layer: WindowedLayer, _ input: [Float], _ bounds: ClampBounds) {
    let expected = layer.depthwiseConvolution(input, weights(layer), bias(layer))
    for set in InstructionSet.available {
      let result = result(layer, input, bounds, set)
      let wrong = expected.indices.filter { !expected[$0].isNear(result[$0], bounds) }
      #expect(wrong.isEmpty, "\(set), \(bounds)")
    }
  }

  private func convolution(
    _ layer: WindowedLayer, _ bounds: ClampBounds, _ set: InstructionSet
  ) -> BlockedDepthwiseConvolution {
    let weights = Floats(weights(layer))
    return BlockedDepthwiseConvolution(
      weights: weights.start, bias: bias(layer), rows: layer.rows, columns: layer.columns, bounds: bounds,
      instructionSet: set)
  }

  /// The result, row-major. `isSplit` computes each row and each block on its own, the last ones first.
  private func result(
    _ layer: WindowedLayer, _ input: [Float], _ bounds: ClampBounds, _ set: InstructionSet, isSplit: Bool = false
  ) -> [Float] {
    let convolution = convolution(layer, bounds, set)
    let inputMap = layer.inputMap(input, lanes: set.lanes)
    let outputMap = GuardedMap(nil, layout: layer.outputLayout(lanes: set.lanes))
    let (rows, blocks) = (0..<layer.outputHeight, 0..<outputMap.layout.blocks)
    for row in isSplit ? rows.reversed().map({ $0..<$0 + 1 }) : [rows] {
      for block in isSplit ? blocks.reversed().map({ $0..<$0 + 1 }) : [blocks] {
        convolution.run(input: inputMap.map, output: outputMap.map, rows: row, blocks: block)
      }
    }
    #expect(inputMap.isIntact && outputMap.isIntact)
    return outputMap.values
  }
}
