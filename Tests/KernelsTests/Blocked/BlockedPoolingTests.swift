import Kernels
import Testing

@Suite("Pooling of blocks")
struct BlockedPoolingTests {
  static let extents: [WindowedLayer] = [1, 3, 5, 16, 17, 24, 33, 48].flatMap { channels in
    [1, 2, 6, 7, 13, 14, 15, 29].flatMap { width in
      [1, 2].map { stride in
        let steps = WindowSteps(kernel: 3, stride: stride, begin: 1)
        return WindowedLayer(channels, 1 + width % 4, width, steps, bottom: 1, right: 1)
      }
    }
  }

  static let windows: [WindowedLayer] = [(1, 1), (2, 2), (3, 3), (5, 5), (7, 7), (11, 11), (1, 7), (7, 1)].flatMap {
    (kernelHeight, kernelWidth) in
    [1, 2, 3, 4].flatMap { stride in
      [1, 2].map { dilation in
        WindowedLayer(
          same: 5, 8, 13, WindowSteps(kernel: kernelHeight, stride: stride, dilation: dilation),
          WindowSteps(kernel: kernelWidth, stride: stride, dilation: dilation))
      }
    }
  }

  static let uneven: [WindowedLayer] = [
    WindowedLayer(17, 6, 9, WindowSteps(kernel: 3, begin: 2), WindowSteps(kernel: 4, stride: 2), bottom: 0, right: 3),
    WindowedLayer(5, 7, 8, WindowSteps(kernel: 2, stride: 2), bottom: 1),
    // Dilated windows with some or all of their places outside.
    WindowedLayer(
      3, 4, 5, WindowSteps(kernel: 2, begin: 2), WindowSteps(kernel: 2, dilation: 3, begin: 5), bottom: 2, right: 6),
  ]

  @Test("Maximum", arguments: extents + windows + uneven)
  func maximum(layer: WindowedLayer) {
    let input = numbersWithExceptions(layer.inputCount, seed: 1)
    let plane = layer.height * layer.width
    var expected = [Float](repeating: 0, count: layer.outputCount)
    layer.forEachOutput { index, channel, places in
      let values = places.map { input[channel * plane + $0.place] }
      expected[index] = values.contains { $0.isNaN } ? .nan : values.max() ?? -.infinity
    }
    for set in InstructionSet.available {
      let result = result(.maximum, layer, input, set)
      let wrong = result.indices.filter { expected[$0].isNaN ? !result[$0].isNaN : result[$0] != expected[$0] }
      #expect(wrong.isEmpty, "\(set)")
    }
  }

  @Test("Average", arguments: extents + windows + uneven)
  func average(layer: WindowedLayer) {
    let input = numbers(layer.inputCount, seed: 1)
    let rowFactors = numbers(layer.outputHeight, seed: 2)
    let columnFactors = numbers(layer.outputWidth, seed: 3)
    let plane = layer.height * layer.width
    var expected: [(value: Double, tolerance: Double)] = []
    layer.forEachOutput { index, channel, places in
      let values = places.map { Double(input[channel * plane + $0.place]) }
      let pixel = index % (layer.outputHeight * layer.outputWidth)
      let factor =
        Double(rowFactors[pixel / layer.outputWidth]) * Double(columnFactors[pixel % layer.outputWidth])
      let magnitude = values.reduce(0) { $0 + abs($1) } * abs(factor)
      // Two roundings for the factors, and what ReferenceSum.isNear says about a sum.
      expected.append((values.reduce(0, +) * factor, 10 * 0x1p-24 * magnitude))
    }
    for set in InstructionSet.available {
      let kind = BlockedPooling.Kind.average(rowFactors: rowFactors, columnFactors: columnFactors)
      let result = result(kind, layer, input, set)
      let wrong = result.indices.filter {
        !(abs(Double(result[$0]) - expected[$0].value) <= expected[$0].tolerance)
      }
      #expect(wrong.isEmpty, "\(set)")
    }
  }

  @Test("The bits are the same for each split of rows and blocks", arguments: uneven + extents.suffix(8))
  func sameBits(layer: WindowedLayer) {
    let input = numbers(layer.inputCount, seed: 1)
    let factors = numbers(layer.outputHeight + layer.outputWidth, seed: 2)
    let average = BlockedPooling.Kind.average(
      rowFactors: Array(factors.prefix(layer.outputHeight)), columnFactors: Array(factors.suffix(layer.outputWidth)))
    for set in InstructionSet.available {
      for kind in [BlockedPooling.Kind.maximum, average] {
        let whole = result(kind, layer, input, set)
        #expect(result(kind, layer, input, set, isSplit: true).bits == whole.bits, "\(set)")
      }
    }
  }

  @Test("Maps may be channels of wider maps; only what is asked for is written", arguments: InstructionSet.available)
  func views(set: InstructionSet) {
    let lanes = set.lanes
    let layer = WindowedLayer(3 * lanes, 5, 8, WindowSteps(kernel: 3, begin: 1), bottom: 1, right: 1)
    let data = numbers(layer.inputCount, seed: 1)
    let layout = RowLayout(channels: 5 * lanes, height: 5, width: 8, lanes: lanes)
    let others = numbers(lanes * 5 * 8, seed: 7)
    let input = GuardedMap(others + data + others, layout: layout.margins(left: 1, right: 2))
    let output = GuardedMap(nil, layout: layout.margins(left: 3, right: 0))
    BlockedPooling(.maximum, rows: layer.rows, columns: layer.columns, instructionSet: set).run(
      input: input.view(lanes..<4 * lanes), output: output.view(2 * lanes..<5 * lanes), rows: 1..<4, blocks: 1..<3)
    let expected = result(.maximum, layer, data, set)
    let values = output.values
    for index in values.indices {
      let (channel, pixel) = index.quotientAndRemainder(dividingBy: 5 * 8)
      let isAsked = (3 * lanes..<5 * lanes).contains(channel) && (1..<4).contains(pixel / 8)
      let value = isAsked ? expected[index - 2 * lanes * 5 * 8] : GuardedMap.mark
      #expect(values[index].bitPattern == value.bitPattern)
    }
    #expect(input.isIntact && output.isIntact)
  }

  /// The result, row-major, of a map without margins. `isSplit` computes each row and each block on its own.
  private func result(
    _ kind: BlockedPooling.Kind, _ layer: WindowedLayer, _ input: [Float], _ set: InstructionSet,
    isSplit: Bool = false
  ) -> [Float] {
    let pooling = BlockedPooling(kind, rows: layer.rows, columns: layer.columns, instructionSet: set)
    let inputMap = GuardedMap(
      input, layout: RowLayout(channels: layer.channels, height: layer.height, width: layer.width, lanes: set.lanes))
    let outputMap = GuardedMap(nil, layout: layer.outputLayout(lanes: set.lanes))
    let (rows, blocks) = (0..<layer.outputHeight, 0..<outputMap.layout.blocks)
    for row in isSplit ? rows.reversed().map({ $0..<$0 + 1 }) : [rows] {
      for block in isSplit ? blocks.reversed().map({ $0..<$0 + 1 }) : [blocks] {
        pooling.run(input: inputMap.map, output: outputMap.map, rows: row, blocks: block)
      }
    }
    #expect(inputMap.isIntact && outputMap.isIntact)
    return outputMap.values
  }
}
