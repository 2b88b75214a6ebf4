import Kernels
import Testing

/// A convolution of random numbers by the method of Winograd's for its stride, 1 or 2.
struct WinogradRun {
  let layer: WindowedLayer
  let inputs: [[Float]]
  let weights: [Float]
  let bias: [Float]
  let residuals: [[Float]]?
  let bounds: ClampBounds

  init(_ layer: WindowedLayer, inputs: [[Float]], bounds: ClampBounds = .none, hasResidual: Bool = false) {
    self.layer = layer
    self.inputs = inputs
    self.bounds = bounds
    weights = numbers(layer.outputs * layer.channels * layer.taps, seed: 2)
    bias = numbers(layer.outputs, seed: 3)
    residuals = hasResidual ? inputs.indices.map { numbers(layer.outputCount, seed: UInt64(20 + $0)) } : nil
  }

  init(_ layer: WindowedLayer, images: Int = 1, bounds: ClampBounds = .none, hasResidual: Bool = false) {
    self.init(
      layer, inputs: (0..<images).map { numbers(layer.inputCount, seed: UInt64(10 + $0)) }, bounds: bounds,
      hasResidual: hasResidual)
  }

  func expected(_ image: Int = 0) -> [ReferenceSum] {
    layer.convolution(inputs[image], weights, bias, residuals?[image])
  }

  var tileRows: Int { (layer.outputHeight + WinogradConvolution.tile - 1) / WinogradConvolution.tile }

  var tileColumns: Int { (layer.outputWidth + WinogradConvolution.tile - 1) / WinogradConvolution.tile }

  func convolution(_ set: InstructionSet) -> any WinogradMethod {
    let weights = Floats(weights)
    let pool = ThreadPool(threadCount: 1)
    if layer.rows.stride == 1 {
      return WinogradConvolution(
        weights: weights.start, bias: bias, inputChannels: layer.channels, padTop: layer.rows.begin,
        padLeft: layer.columns.begin, bounds: bounds, pool: pool, instructionSet: set)
    }
    return StridedWinogradConvolution(
      weights: weights.start, bias: bias, inputChannels: layer.channels, padTop: layer.rows.begin,
      padLeft: layer.columns.begin, bounds: bounds, pool: pool, instructionSet: set)
  }

  /// A map of an image with the margins and rows of zeros that windows reach over.
  func inputMap(_ image: [Float], lanes: Int) -> GuardedMap {
    let rows = layer.rows.inputs(of: 0..<layer.outputHeight)
    let columns = layer.columns.inputs(of: 0..<layer.outputWidth)
    let layout = RowLayout(channels: layer.channels, height: layer.height, width: layer.width, lanes: lanes)
    return GuardedMap(
      image,
      layout: layout.margins(left: layer.columns.begin, right: max(0, columns.upperBound - layer.width)),
      above: layer.rows.begin, below: max(0, rows.upperBound - layer.height))
  }

  /// The images' results, row-major. `parts` are what runs together: pairs of an image and rows of tiles; all of them
  /// in one go unless given. `tileColumns` are made one after the other. `keepsFilters` transforms the filters before
  /// instead of in passing.
  func results(
    _ set: InstructionSet, parts: [[(image: Int, tileRows: Range<Int>)]]? = nil, tileColumns: [Range<Int>?] = [nil],
    groupByGroup: Bool = false, keepsFilters: Bool = false
  ) -> [[Float]] {
    let convolution = convolution(set)
    if keepsFilters { convolution.keepTransformedFilters(pool: ThreadPool(threadCount: 2)) }
    let layout = layer.outputLayout(lanes: set.lanes)
    let inputMaps = inputs.map { inputMap($0, lanes: set.lanes) }
    let residualMaps = residuals?.map { GuardedMap($0, layout: layout.margins(left: 0, right: 3)) }
    let outputMaps = inputs.map { _ in GuardedMap(nil, layout: layout) }
    let groups = 0..<convolution.groupCount
    for part in parts ?? [inputs.indices.map { ($0, 0..<tileRows) }] {
      for columns in tileColumns {
        let rows = part.map {
          WinogradTileRows(
            input: inputMaps[$0.image].map, residual: residualMaps?[$0.image].map, output: outputMaps[$0.image].map,
            tileRows: $0.tileRows, tileColumns: columns)
        }
        for group in groupByGroup ? groups.reversed().map({ $0..<$0 + 1 }) : [groups] {
          convolution.run(rows, groups: group)
        }
      }
    }
    #expect((inputMaps + outputMaps + (residualMaps ?? [])).allSatisfy { $0.isIntact })
    return outputMaps.map(\.values)
  }
}
