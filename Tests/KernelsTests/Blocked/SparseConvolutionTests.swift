import Kernels
import Testing

@Suite("Direct convolution that leaves zeros out")
struct SparseConvolutionTests {
  static let extents: [WindowedLayer] = [1, 3, 16, 17, 33, 48, 70].flatMap { channels in
    zip([1, 2, 3, 6, 7, 8, 13, 14, 29], [1, 17, 33, 48, 129, 24, 16, 64, 3]).map { width, outputs in
      WindowedLayer(channels, to: outputs, 1 + width % 3, width, WindowSteps(kernel: 1))
    }
  }

  static let strided: [WindowedLayer] = [
    WindowedLayer(20, to: 70, 7, 13, WindowSteps(kernel: 1, stride: 2)),
    WindowedLayer(20, to: 40, 9, 8, WindowSteps(kernel: 1, stride: 3), WindowSteps(kernel: 1, stride: 1)),
  ]

  @Test(
    "The result is near the one in double precision, and the same bits as with zeros", arguments: extents + strided,
    [0, 0.1, 0.6, 1])
  func matchesReference(layer: WindowedLayer, nonzero: Float) {
    for (bounds, hasResidual) in [(ClampBounds.none, false), (.relu6, true)] {
      let run = DirectRun(layer, bounds: bounds, hasResidual: hasResidual, nonzero: nonzero)
      let expected = run.expected
      for set in InstructionSet.available {
        let result = run.sparseResults(set)[0]
        #expect(expected.indices.allSatisfy { expected[$0].isNear(result[$0], bounds) }, "\(set)")
        #expect(result.bits == run.result(set, isPlanar: false).bits, "\(set)")
      }
    }
  }

  @Test("NaN and infinities are no zeros", arguments: strided, [ClampBounds.none, .relu6])
  func exceptions(layer: WindowedLayer, bounds: ClampBounds) {
    let run = DirectRun(layer, bounds: bounds, hasExceptions: true, nonzero: 0.5)
    let expected = run.expected
    #expect(expected.contains { $0.value.isNaN } && expected.contains { $0.value.isFinite })
    for set in InstructionSet.available {
      let result = run.sparseResults(set)[0]
      #expect(expected.indices.allSatisfy { expected[$0].isNear(result[$0], bounds) }, "\(set)")
    }
  }

  @Test("The bits are the same for each split of rows and groups, and for many images", arguments: strided)
  func sameBits(layer: WindowedLayer) {
    let run = DirectRun(layer, hasResidual: true, nonzero: 0.3)
    for set in InstructionSet.available {
      let whole = run.sparseResults(set)[0].bits
      #expect(run.sparseResults(set, isSplit: true)[0].bits == whole, "\(set)")
      #expect(run.sparseResults(set, images: 3).allSatisfy { $0.bits == whole }, "\(set)")
    }
  }

  @Test("Images and rows that do not fit the working memory are computed in turn", arguments: InstructionSet.available)
  func manyImages(set: InstructionSet) {
    let run = DirectRun(
      WindowedLayer(300, to: 3 * set.lanes * set.groupBlocks, 40, 29, WindowSteps(kernel: 1)), nonzero: 0.9)
    let dense = run.result(set, isPlanar: false).bits
    #expect(run.sparseResults(set, images: 3).allSatisfy { $0.bits == dense })
  }

  @Test("Zeros are left out where there are many, weights are finite and windows have one pixel")
  func choice() {
    let pixel = WindowedLayer(40, to: 200, 6, 7, WindowSteps(kernel: 1))
    for set in InstructionSet.available {
      func isSparse(_ layer: WindowedLayer, nonzero: Float, weight: Float = 1) -> Bool {
        let run = DirectRun(layer, nonzero: nonzero)
        let weights = Floats(run.weights)
        weights.start[run.weights.count / 2] = weight
        let convolution = withExtendedLifetime(weights) {
          DirectConvolution(
            weights: weights.start, bias: run.bias, inputChannels: layer.channels, rows: layer.rows,
            columns: layer.columns, bounds: .none, isPlanar: false, pool: ThreadPool(threadCount: 2),
            instructionSet: set)
        }
        let (input, output) = (
          layer.inputMap(run.input, lanes: set.lanes), GuardedMap(nil, layout: layer.outputLayout(lanes: set.lanes))
        )
        return convolution.isSparse(
          (input.map, nil, output.map), rows: 0..<layer.outputHeight, groups: 0..<convolution.groupCount)
      }
      #expect(isSparse(pixel, nonzero: 0.01))
      #expect(!isSparse(pixel, nonzero: 1))
      #expect(!isSparse(pixel, nonzero: 0.01, weight: .infinity))
      #expect(!isSparse(pixel, nonzero: 0.01, weight: .nan))
      #expect(isSparse(pixel, nonzero: 0.01, weight: .greatestFiniteMagnitude))
      let padded = WindowedLayer(40, to: 200, 6, 7, WindowSteps(kernel: 1, begin: 1), bottom: 1, right: 1)
      #expect(!isSparse(padded, nonzero: 0.01))
      #expect(!isSparse(WindowedLayer(40, to: 200, 6, 7, WindowSteps(kernel: 2)), nonzero: 0.01))
      #expect(!isSparse(WindowedLayer(40, to: set.lanes, 6, 7, WindowSteps(kernel: 1)), nonzero: 0.01))
    }
  }
}
