import Kernels
import Testing

/// A direct convolution of random numbers.
struct DirectRun {
  let layer: WindowedLayer
  let input: [Float]
  let weights: [Float]
  let bias: [Float]
  let residual: [Float]?
  let bounds: ClampBounds

  /// - Parameter nonzero: the share of the input that is not zero, scattered.
  init(
    _ layer: WindowedLayer, bounds: ClampBounds = .none, hasResidual: Bool = false, hasExceptions: Bool = false,
    nonzero: Float = 1
  ) {
    self.layer = layer
    self.bounds = bounds
    let values = hasExceptions ? numbersWithExceptions(layer.inputCount, seed: 1) : numbers(layer.inputCount, seed: 1)
    input = zip(values, numbers(values.count, seed: 5)).map { abs($1) <= nonzero ? $0 : 0 }
    weights = numbers(layer.outputs * layer.channels * layer.taps, seed: 2)
    bias = numbers(layer.outputs, seed: 3)
    residual = hasResidual ? numbers(layer.outputCount, seed: 4) : nil
  }

  var expected: [ReferenceSum] { layer.convolution(input, weights, bias, residual) }

  func convolution(_ set: InstructionSet, isPlanar: Bool) -> DirectConvolution {
    let weights = Floats(weights)
    return DirectConvolution(
      weights: weights.start, bias: bias, inputChannels: layer.channels, rows: layer.rows, columns: layer.columns,
      bounds: bounds, isPlanar: isPlanar, pool: ThreadPool(threadCount: 1), instructionSet: set)
  }

  /// The result, row-major. `isSplit` computes each row and each group on its own, the last ones first.
  func result(_ set: InstructionSet, isPlanar: Bool, isSplit: Bool = false) -> [Float] {
    let convolution = convolution(set, isPlanar: isPlanar)
    let inputMap = layer.inputMap(input, lanes: isPlanar ? 1 : set.lanes)
    let layout = layer.outputLayout(lanes: set.lanes)
    let residualMap = residual.map { GuardedMap($0, layout: layout.margins(left: 0, right: 3)) }
    let outputMap = GuardedMap(nil, layout: layout)
    let (rows, groups) = (0..<layer.outputHeight, 0..<convolution.groupCount)
    for row in isSplit ? rows.reversed().map({ $0..<$0 + 1 }) : [rows] {
      for group in isSplit ? groups.reversed().map({ $0..<$0 + 1 }) : [groups] {
        convolution.run(
          input: inputMap.map, residual: residualMap?.map, output: outputMap.map, rows: row, groups: group)
      }
    }
    #expect(inputMap.isIntact && outputMap.isIntact && residualMap?.isIntact ?? true)
    return outputMap.values
  }

  /// The results of as many equal images, row-major, with zeros left out. `isSplit` computes each row and each pair of
  /// groups on its own, the last ones first.
  func sparseResults(_ set: InstructionSet, images: Int = 1, isSplit: Bool = false) -> [[Float]] {
    let convolution = convolution(set, isPlanar: false)
    let inputMap = layer.inputMap(input, lanes: set.lanes)
    let layout = layer.outputLayout(lanes: set.lanes)
    let residualMap = residual.map { GuardedMap($0, layout: layout.margins(left: 0, right: 3)) }
    let outputMaps = (0..<images).map { _ in GuardedMap(nil, layout: layout) }
    let rows = 0..<layer.outputHeight
    let pairs = stride(from: 0, to: convolution.groupCount, by: 2).map { $0..<min($0 + 2, convolution.groupCount) }
    for row in isSplit ? rows.reversed().map({ $0..<$0 + 1 }) : [rows] {
      for groups in isSplit ? pairs.reversed() : [0..<convolution.groupCount] {
        convolution.runSparse(
          outputMaps.map { (inputMap.map, residualMap?.map, $0.map) }, rows: row, groups: groups)
      }
    }
    #expect(inputMap.isIntact && outputMaps.allSatisfy(\.isIntact) && residualMap?.isIntact ?? true)
    return outputMaps.map(\.values)
  }
}
