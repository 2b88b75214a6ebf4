import Kernels
import Testing

@Suite("Direct convolution")
struct DirectConvolutionTests {
  static let extents: [WindowedLayer] = [1, 3, 5, 16, 17, 24, 33, 48].flatMap { channels in
    zip([1, 2, 6, 7, 13, 14, 15, 29], [1, 17, 33, 48, 5, 24, 16, 3]).map { width, outputs in
      let steps = WindowSteps(kernel: 3, begin: 1)
      return WindowedLayer(channels, to: outputs, 1 + width % 3, width, steps, bottom: 1, right: 1)
    }
  }

  static let windows: [WindowedLayer] = [(1, 1), (3, 3), (5, 5), (7, 7), (11, 11), (1, 7), (7, 1), (2, 4)].flatMap {
    (kernelHeight, kernelWidth) in
    [1, 2, 3, 4].flatMap { stride in
      [1, 2].map { dilation in
        WindowedLayer(
          same: 5, to: 9, 8, 13, WindowSteps(kernel: kernelHeight, stride: stride, dilation: dilation),
          WindowSteps(kernel: kernelWidth, stride: stride, dilation: dilation))
      }
    }
  }

  static let uneven: [WindowedLayer] = [
    WindowedLayer(3, to: 5, 6, 7, WindowSteps(kernel: 3), WindowSteps(kernel: 3), bottom: 0, right: 0),
    WindowedLayer(
      17, to: 20, 6, 9, WindowSteps(kernel: 3, begin: 2), WindowSteps(kernel: 4, stride: 2), bottom: 0, right: 5),
    WindowedLayer(
      5, to: 33, 9, 12, WindowSteps(kernel: 2, stride: 3, dilation: 2),
      WindowSteps(kernel: 5, stride: 1, dilation: 2, begin: 6), bottom: 4),
    // The stride leaves the last rows and columns out.
    WindowedLayer(4, to: 4, 8, 8, WindowSteps(kernel: 1, stride: 3)),
    // Whole windows are outside of the input.
    WindowedLayer(3, to: 4, 2, 3, WindowSteps(kernel: 2, begin: 3), bottom: 4, right: 4),
    WindowedLayer(3, to: 8, 15, 31, WindowSteps(kernel: 7, stride: 2, begin: 3), bottom: 3, right: 3),
  ]

  @Test("The result is near the one in double precision", arguments: extents + windows + uneven)
  func matchesReference(layer: WindowedLayer) {
    let run = DirectRun(layer)
    let expected = run.expected
    for set in InstructionSet.available {
      for isPlanar in [false, true] {
        let result = run.result(set, isPlanar: isPlanar)
        let wrong = expected.indices.filter { !expected[$0].isNear(result[$0]) }
        #expect(wrong.isEmpty, "\(set), planar: \(isPlanar)")
      }
    }
  }

  @Test(
    "Residual and clamping follow the sum", arguments: uneven + extents.suffix(8),
    [ClampBounds.none, .relu, .relu6, .narrow])
  func matchesReference(layer: WindowedLayer, bounds: ClampBounds) {
    for hasResidual in [false, true] {
      let run = DirectRun(layer, bounds: bounds, hasResidual: hasResidual)
      let expected = run.expected
      for set in InstructionSet.available {
        let result = run.result(set, isPlanar: false)
        let wrong = expected.indices.filter { !expected[$0].isNear(result[$0], bounds) }
        #expect(wrong.isEmpty, "\(set), residual: \(hasResidual)")
      }
    }
  }

  @Test(
    "NaN and infinities reach the windows that see them, and no others", arguments: uneven.filter { $0.taps > 1 },
    [ClampBounds.none, .relu6])
  func exceptions(layer: WindowedLayer, bounds: ClampBounds) {
    let run = DirectRun(layer, bounds: bounds, hasExceptions: true)
    let expected = run.expected
    #expect(expected.contains { $0.value.isNaN } && expected.contains { $0.value.isFinite })
    for set in InstructionSet.available {
      for isPlanar in [false, true] {
        let result = run.result(set, isPlanar: isPlanar)
        let wrong = expected.indices.filter { !expected[$0].isNear(result[$0], bounds) }
        #expect(wrong.isEmpty, "\(set), planar: \(isPlanar)")
      }
    }
  }

  @Test(
    "The bits are the same for each split of rows and groups", arguments: uneven + windows.suffix(8) + extents.suffix(8)
  )
  func sameBits(layer: WindowedLayer) {
    let run = DirectRun(layer, hasResidual: true)
    for set in InstructionSet.available {
      for isPlanar in [false, true] {
        let whole = run.result(set, isPlanar: isPlanar)
        #expect(run.result(set, isPlanar: isPlanar, isSplit: true).bits == whole.bits, "\(set), planar: \(isPlanar)")
      }
    }
  }

  @Test("Only the rows and groups that are asked for are written", arguments: InstructionSet.available)
  func writesItsPart(set: InstructionSet) {
    let group = set.lanes * set.groupBlocks
    let run = DirectRun(WindowedLayer(3, to: 3 * group, 5, 4, WindowSteps(kernel: 1)))
    let input = run.layer.inputMap(run.input, lanes: set.lanes)
    let output = GuardedMap(nil, layout: run.layer.outputLayout(lanes: set.lanes))
    let whole = run.result(set, isPlanar: false)
    run.convolution(set, isPlanar: false).run(
      input: input.map, residual: nil, output: output.map, rows: 2..<4, groups: 1..<2)
    let result = output.values
    for index in result.indices {
      let (channel, pixel) = index.quotientAndRemainder(dividingBy: 5 * 4)
      let isAsked = (group..<2 * group).contains(channel) && (2..<4).contains(pixel / 4)
      #expect(result[index].bitPattern == (isAsked ? whole[index] : GuardedMap.mark).bitPattern)
    }
    #expect(input.isIntact && output.isIntact)
  }

  @Test("Maps may be channels of wider maps", arguments: InstructionSet.available, [ClampBounds.none, .relu])
  func views(set: InstructionSet, bounds: ClampBounds) {
    let lanes = set.lanes
    let layer = WindowedLayer(lanes + 1, to: 3 * lanes, 5, 7, WindowSteps(kernel: 3, begin: 1), bottom: 1, right: 1)
    let run = DirectRun(layer, bounds: bounds, hasResidual: true)
    let plane = layer.height * layer.width
    func layout(_ channels: Int, _ margin: Int) -> RowLayout {
      RowLayout(channels: channels, height: layer.height, width: layer.width, lanes: lanes)
        .margins(left: margin, right: margin)
    }
    let (ahead, behind) = (numbers(2 * lanes * plane, seed: 7), numbers(lanes * plane, seed: 8))
    let input = GuardedMap(ahead + run.input, layout: layout(3 * lanes + 1, 1), above: 1, below: 1)
    let residual = GuardedMap(
      Array(ahead[..<(lanes * plane)]) + run.residual! + behind, layout: layout(5 * lanes, 2))
    let output = GuardedMap(nil, layout: layout(7 * lanes, 3))
    let convolution = run.convolution(set, isPlanar: false)
    let channels = 2 * lanes..<5 * lanes
    convolution.run(
      input: input.view(2 * lanes..<3 * lanes + 1), residual: residual.view(lanes..<4 * lanes),
      output: output.view(channels), rows: 0..<layer.outputHeight, groups: 0..<convolution.groupCount)
    #expect(output.values(of: channels).bits == run.result(set, isPlanar: false).bits)
    #expect(output.values(of: 0..<2 * lanes).areUntouched && output.values(of: 5 * lanes..<7 * lanes).areUntouched)
    #expect(input.isIntact && residual.isIntact && output.isIntact)
  }
}
