import Kernels
import Testing

@Suite("Winograd convolution, split")
struct WinogradSplitTests {
  static let layers: [WindowedLayer] = [
    (3, 40, 13, 9), (17, 5, 6, 15), (33, 70, 9, 1), (5, 9, 14, 14), (4, 20, 3, 12), (2, 6, 8, 16),
  ].map { channels, outputs, height, width in
    WindowedLayer(channels, to: outputs, height, width, WindowSteps(kernel: 3, begin: 1), bottom: 1, right: 1)
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

  @Test("Only the rows and groups that are asked for are written", arguments: InstructionSet.available)
  func writesItsPart(set: InstructionSet) {
    let group = set.lanes * set.groupBlocks
    let layer = WindowedLayer(
      3, to: 3 * group, 11, 5, WindowSteps(kernel: 3, begin: 1), bottom: 1, right: 1)
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

  @Test("Maps may be channels of wider maps", arguments: InstructionSet.available)
  func views(set: InstructionSet) {
    let lanes = set.lanes
    let layer = WindowedLayer(
      lanes + 1, to: 3 * lanes, 6, 7, WindowSteps(kernel: 3, begin: 1), bottom: 1, right: 1)
    let run = WinogradRun(layer, hasResidual: true)
    let plane = layer.height * layer.width
    func layout(_ channels: Int, _ margin: Int) -> RowLayout {
      RowLayout(channels: channels, height: layer.height, width: layer.width, lanes: lanes)
        .margins(left: margin, right: margin)
    }
    let others = numbers(lanes * plane, seed: 7)
    let input = GuardedMap(others + run.inputs[0], layout: layout(2 * lanes + 1, 2), above: 1, below: 3)
    let residual = GuardedMap(others + run.residuals![0] + others, layout: layout(5 * lanes, 1))
    let output = GuardedMap(nil, layout: layout(6 * lanes, 3))
    let convolution = run.convolution(set)
    let channels = 2 * lanes..<5 * lanes
    let part = WinogradConvolution.TileRows(
      input: input.view(lanes..<2 * lanes + 1), residual: residual.view(lanes..<4 * lanes),
      output: output.view(channels), tileRows: 0..<run.tileRows)
    convolution.run([part], groups: 0..<convolution.groupCount)
    #expect(output.values(of: channels).bits == run.results(set)[0].bits)
    #expect(output.values(of: 0..<2 * lanes).areUntouched && output.values(of: 5 * lanes..<6 * lanes).areUntouched)
    #expect(input.isIntact && residual.isIntact && output.isIntact)
  }
}
