import Kernels
import Testing

@Suite("Winograd convolution")
struct WinogradConvolutionTests {
  static let extents: [WindowedLayer] = [1, 3, 5, 16, 17, 24, 33, 48].flatMap { channels in
    zip([1, 2, 6, 7, 13, 14, 15, 29], [1, 17, 33, 48, 5, 24, 16, 3]).map { width, outputs in
      layer(channels, to: outputs, 1 + (width + channels) % 9, width)
    }
  }

  static let uneven: [WindowedLayer] = [
    layer(3, to: 5, 7, 8, top: 0, left: 0, bottom: 0, right: 0),
    layer(17, to: 20, 5, 9, top: 2, left: 0, bottom: 0, right: 2),
    layer(5, to: 40, 9, 4, top: 0, left: 2, bottom: 2, right: 1),
    layer(9, to: 9, 3, 3, top: 0, left: 0, bottom: 0, right: 0),
  ]

  /// All that a last row and a last column of tiles can be, alone and behind whole tiles.
  static let remainders: [WindowedLayer] = (1...8).flatMap { height in
    (1...8).map { width in layer(6, to: 20, height, width) }
  }

  /// The same outputs with stride 2, from even and from odd extents.
  static let strided: [WindowedLayer] = (1...8).flatMap { height in
    (1...8).map { width in layer(6, to: 20, 2 * height - height / 2 % 2, 2 * width - width % 2, stride: 2) }
  }

  /// More channels than a block or a group has, and windows that begin in the map or far outside of it.
  static let stridedUneven: [WindowedLayer] = [
    layer(33, to: 48, 14, 28, stride: 2),
    layer(16, to: 3, 11, 29, stride: 2),
    layer(17, to: 40, 9, 8, top: 0, left: 0, bottom: 0, right: 1, stride: 2),
    layer(3, to: 70, 7, 15, top: 2, left: 0, bottom: 2, right: 0, stride: 2),
    layer(1, to: 1, 12, 5, top: 0, left: 2, bottom: 1, right: 2, stride: 2),
  ]

  private static func layer(
    _ channels: Int, to outputs: Int, _ height: Int, _ width: Int, top: Int = 1, left: Int = 1, bottom: Int = 1,
    right: Int = 1, stride: Int = 1
  ) -> WindowedLayer {
    WindowedLayer(
      channels, to: outputs, height, width, WindowSteps(kernel: 3, stride: stride, begin: top),
      WindowSteps(kernel: 3, stride: stride, begin: left), bottom: bottom, right: right)
  }

  @Test(
    "The result is near the one in double precision",
    arguments: extents + uneven + remainders + strided + stridedUneven)
  func matchesReference(layer: WindowedLayer) {
    let run = WinogradRun(layer)
    let expected = run.expected()
    for set in InstructionSet.available {
      #expect(error(of: run.results(set)[0], expected, .none) <= 1e-5, "\(set)")
    }
  }

  @Test("The error stays in its bounds where sums are long", arguments: [(64, 5e-6), (512, 2e-5)])
  func longSums(channels: Int, bound: Double) {
    for (height, width) in [(7, 7), (3, 3), (2, 3), (3, 1)] {
      let run = WinogradRun(Self.layer(channels, to: 16, height, width))
      let expected = run.expected()
      for set in InstructionSet.available {
        #expect(error(of: run.results(set)[0], expected, .none) <= bound, "\(set), \(height) × \(width)")
      }
    }
  }

  @Test("The same with stride 2", arguments: [(64, 5e-6), (512, 1e-5)])
  func longStridedSums(channels: Int, bound: Double) {
    for (height, width) in [(15, 15), (13, 14), (6, 5), (2, 3)] {
      let run = WinogradRun(Self.layer(channels, to: 16, height, width, stride: 2))
      let expected = run.expected()
      for set in InstructionSet.available {
        #expect(error(of: run.results(set)[0], expected, .none) <= bound, "\(set), \(height) × \(width)")
      }
    }
  }

  @Test(
    "Residual and clamping follow the sum", arguments: uneven + extents.suffix(8) + stridedUneven,
    [ClampBounds.none, .relu, .relu6, .narrow])
  func residualAndClamping(layer: WindowedLayer, bounds: ClampBounds) {
    for hasResidual in [false, true] {
      let run = WinogradRun(layer, bounds: bounds, hasResidual: hasResidual)
      let expected = run.expected()
      for set in InstructionSet.available {
        #expect(error(of: run.results(set)[0], expected, bounds) <= 1e-5, "\(set), residual: \(hasResidual)")
      }
    }
  }

  @Test("A NaN reaches every window that sees it, and no tile but those that do", arguments: InstructionSet.available)
  func nan(set: InstructionSet) {
    let layer = Self.layer(2, to: 3, 12, 12)
    let clean = WinogradRun(layer, bounds: .relu6)
    var inputs = clean.inputs
    inputs[0][12 * 12 + 5 * 12 + 6] = .nan
    let result = WinogradRun(layer, inputs: inputs, bounds: .relu6).results(set)[0]
    let expected = clean.results(set)[0]
    for index in result.indices {
      let (y, x) = (index % 144 / 12, index % 12)
      if (4...6).contains(y) && (5...7).contains(x) { #expect(result[index].isNaN) }
      // The tile of rows and columns 4 ..< 8 reads rows and columns 3 ... 8, its neighbours end at 4 or begin at 7.
      if !(4..<8).contains(y) || !(4..<8).contains(x) {
        #expect(result[index].bitPattern == expected[index].bitPattern)
      }
    }
  }

  @Test("With stride 2 a NaN reaches every window that sees it", arguments: InstructionSet.available)
  func stridedNaN(set: InstructionSet) {
    let layer = Self.layer(2, to: 3, 16, 16, stride: 2)
    let clean = WinogradRun(layer, bounds: .relu6)
    let expected = clean.results(set)[0]
    // An outer tap's pixel, one under a middle tap, and one under a middle and an outer one.
    for (row, column) in [(7, 11), (8, 10), (10, 9)] {
      var inputs = clean.inputs
      inputs[0][16 * 16 + row * 16 + column] = .nan
      let result = WinogradRun(layer, inputs: inputs, bounds: .relu6).results(set)[0]
      for index in result.indices {
        let (y, x) = (index % 64 / 8, index % 8)
        let isSeen = abs(2 * y - row) <= 1 && abs(2 * x - column) <= 1
        if isSeen { #expect(result[index].isNaN) }
        // Tiles read rows and columns −1 ... 7 and 7 ... 15.
        let reads = (y < 4 ? -1...7 : 7...15).contains(row) && (x < 4 ? -1...7 : 7...15).contains(column)
        if !reads { #expect(result[index].bitPattern == expected[index].bitPattern) }
      }
    }
  }

  /// The largest error in units of the largest sum: that is what the rounding of the transforms goes with, whose
  /// intermediate values mix large and small outputs of a tile.
  private func error(of result: [Float], _ expected: [ReferenceSum], _ bounds: ClampBounds) -> Double {
    let largest = expected.map { abs($0.value) }.max()!
    return zip(result, expected).map { abs(Double($0) - bounds.clamp($1.value)) / largest }
      // A maximum would lose a NaN.
      .reduce(0) { $1 <= $0 ? $0 : $1 }
  }
}
