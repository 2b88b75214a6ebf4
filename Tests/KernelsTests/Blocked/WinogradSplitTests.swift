import Kernels
import Testing

@Suite("Winograd convolution, split")
struct WinogradSplitTests {
  static let layers: [WindowedLayer] = [
    (3, 40, 13, 9), (17, 5, 6, 15), (33, 70, 9, 1), (5, 9, 14, 14), (4, 20, 3, 12), (2, 6, 8, 16),
  ].flatMap { channels, outputs, height, width in
    [1, 2].map { stride in
      WindowedLayer(
        channels, to: outputs, height * stride, width * stride, WindowSteps(kernel: 3, stride: stride, begin: 1),
        bottom: 1, right: 1)
    }
  }

  @Test(
    "The bits are the same however images, rows and columns of tiles and groups are grouped, and for kept filters",
    arguments: layers)
  func sameBits(layer: WindowedLayer) {
    let run = WinogradRun(layer, images: 3, bounds: .relu, hasResidual: true)
    let rows = run.tileRows
    let rowByRow: [[(image: Int, tileRows: Range<Int>)]] = (0..<3).flatMap { image in
      (0..<rows).reversed().map { [(image, $0..<$0 + 1)] }
    }
    let columns = [1..<run.tileColumns, 0..<1].filter { !$0.isEmpty }
    let acrossImages: [[(image: Int, tileRows: Range<Int>)]] = [
      [(2, 0..<rows), (0, rows - 1..<rows)], [(1, 0..<1), (0, 0..<rows - 1)], [(1, 1..<rows)],
    ]
    for set in InstructionSet.available {
      let whole = run.results(set).map(\.bits)
      let single = (0..<3).map { WinogradRun(layer, inputs: [run.inputs[$0]], bounds: .relu).results(set)[0].bits }
      let withoutResidual = WinogradRun(layer, inputs: run.inputs, bounds: .relu).results(set).map(\.bits)
      #expect(run.results(set, groupByGroup: true).map(\.bits) == whole, "\(set)")
      #expect(run.results(set, keepsFilters: true).map(\.bits) == whole, "\(set)")
      #expect(run.results(set, groupByGroup: true, keepsFilters: true).map(\.bits) == whole, "\(set)")
      #expect(run.results(set, parts: rowByRow).map(\.bits) == whole, "\(set)")
      #expect(run.results(set, tileColumns: columns, keepsFilters: true).map(\.bits) == whole, "\(set)")
      #expect(run.results(set, parts: rowByRow, tileColumns: columns).map(\.bits) == whole, "\(set)")
      #expect(run.results(set, parts: acrossImages, groupByGroup: true).map(\.bits) == whole, "\(set)")
      #expect(withoutResidual == single, "\(set)")
    }
  }

  @Test("Only the rows and groups that are asked for are written", arguments: InstructionSet.available, [1, 2])
  func writesItsPart(set: InstructionSet, stride: Int) {
    let group = set.lanes * set.groupBlocks
    let layer = WindowedLayer(
      3, to: 3 * group, 11 * stride, 5 * stride, WindowSteps(kernel: 3, stride: stride, begin: 1), bottom: 1,
      right: 1)
    let run = WinogradRun(layer)
    let whole = run.results(set)[0]
    let input = run.inputMap(run.inputs[0], lanes: set.lanes)
    let output = GuardedMap(nil, layout: layer.outputLayout(lanes: set.lanes))
    run.convolution(set).run(
      [.init(input: input.map, residual: nil, output: output.map, tileRows: 1..<2)], groups: 1..<2)
    let result = output.values
    for index in result.indices {
      let (channel, pixel) = index.quotientAndRemainder(dividingBy: 11 * 5)
      let isAsked = (group..<2 * group).contains(channel) && (4..<8).contains(pixel / 5)
      #expect(result[index].bitPattern == (isAsked ? whole[index] : GuardedMap.mark).bitPattern)
    }
    #expect(input.isIntact && output.isIntact)
  }

  @Test("Maps may be channels of wider maps", arguments: InstructionSet.available, [1, 2])
  func views(set: InstructionSet, stride: Int) {
    let lanes = set.lanes
    let layer = WindowedLayer(
      lanes + 1, to: 3 * lanes, 6 * stride, 7 * stride, WindowSteps(kernel: 3, stride: stride, begin: 1), bottom: 1,
      right: 1)
    let run = WinogradRun(layer, hasResidual: true)
    func layout(_ channels: Int, _ margin: Int, _ scale: Int) -> RowLayout {
      RowLayout(channels: channels, height: 6 * scale, width: 7 * scale, lanes: lanes)
        .margins(left: margin, right: margin)
    }
    let others = numbers(lanes * 6 * 7, seed: 7)
    let otherInputs = numbers(lanes * layer.height * layer.width, seed: 8)
    let input = GuardedMap(
      otherInputs + run.inputs[0], layout: layout(2 * lanes + 1, 2, stride), above: 1, below: 3)
    let residual = GuardedMap(others + run.residuals![0] + others, layout: layout(5 * lanes, 1, 1))
    let output = GuardedMap(nil, layout: layout(6 * lanes, 3, 1))
    let convolution = run.convolution(set)
    let channels = 2 * lanes..<5 * lanes
    let part = WinogradTileRows(
      input: input.view(lanes..<2 * lanes + 1), residual: residual.view(lanes..<4 * lanes),
      output: output.view(channels), tileRows: 0..<run.tileRows)
    convolution.run([part], groups: 0..<convolution.groupCount)
    #expect(output.values(of: channels).bits == run.results(set)[0].bits)
    #expect(output.values(of: 0..<2 * lanes).areUntouched && output.values(of: 5 * lanes..<6 * lanes).areUntouched)
    #expect(input.isIntact && residual.isIntact && output.isIntact)
  }
}
