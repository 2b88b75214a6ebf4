import Kernels
import Testing

@Suite("Convolution in groups of blocks")
struct GroupedConvolutionTests {
  /// Channels of a group's input and output, and groups: of whole blocks, of parts of blocks, and across blocks.
  static let groups = [
    (16, 16, 2), (48, 128, 2), (4, 4, 8), (8, 8, 4), (17, 20, 3), (34, 68, 4), (1, 2, 9), (2, 1, 33), (6, 28, 4),
    (5, 3, 1), (32, 16, 3),
  ]

  @Test(
    "The result is near the one in double precision", arguments: groups,
    [WindowSteps(kernel: 1), WindowSteps(kernel: 3, stride: 2, begin: 1), WindowSteps(kernel: 5, begin: 2)])
  func matchesReference(widths: (input: Int, output: Int, groups: Int), window: WindowSteps) {
    let (inputs, outputs) = (widths.input * widths.groups, widths.output * widths.groups)
    let layer = WindowedLayer(same: inputs, to: outputs, 4, 9, window, window)
    let input = numbers(layer.inputCount, seed: 1)
    let weights = numbers(outputs * widths.input * layer.taps, seed: 2)
    let bias = numbers(outputs, seed: 3)
    // Each group by itself.
    let group = WindowedLayer(same: widths.input, to: widths.output, 4, 9, window, window)
    let expected = (0..<widths.groups).flatMap { index in
      group.convolution(
        input.part(index, of: widths.groups), weights.part(index, of: widths.groups),
        bias.part(index, of: widths.groups))
    }
    for set in InstructionSet.available {
      let storage = Floats(weights)
      let convolution = GroupedConvolution(
        weights: storage.start, bias: bias, groups: widths.groups, inputChannels: inputs, rows: layer.rows,
        columns: layer.columns, bounds: .relu, pool: ThreadPool(threadCount: 1), instructionSet: set)
      let source = layer.inputMap(input, lanes: set.lanes)
      let target = GuardedMap(nil, layout: layer.outputLayout(lanes: set.lanes))
      var blocks: [Int] = []
      for part in 0..<convolution.partCount {
        blocks += Array(convolution.outputBlocks(of: part..<part + 1))
        convolution.run(
          input: source.map, output: target.map, rows: 0..<layer.outputHeight, parts: part..<part + 1)
      }
      let result = target.values
      #expect(expected.indices.allSatisfy { expected[$0].isNear(result[$0], .relu) }, "\(set)")
      #expect(blocks == Array(0..<target.layout.blocks))
      #expect(source.isIntact && target.isIntact)
    }
  }
}

extension [Float] {
  /// One of some parts of equal counts.
  fileprivate func part(_ index: Int, of count: Int) -> [Float] {
    Array(self[index * (self.count / count)..<(index + 1) * (self.count / count)])
  }
}
