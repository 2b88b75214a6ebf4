import Kernels
import Testing

/// A convolution to test, in few words.
struct ConvolutionCase: CustomTestStringConvertible {
  let geometry: Convolution2D

  init(
    batch: Int = 2, groups: Int = 1, from inputChannels: Int, to outputChannels: Int, _ height: Int, _ width: Int,
    kernel: Window2D.Extent, strides: Window2D.Extent = .init(1), dilations: Window2D.Extent = .init(1),
    pads: Window2D.Pads = .init()
  ) {
    geometry = try! Convolution2D(
      batch: batch, groups: groups, inputChannels: inputChannels, outputChannels: outputChannels,
      window: Window2D(
        input: .init(height: height, width: width), kernel: kernel, strides: strides, dilations: dilations, pads: pads))
  }

  var testDescription: String {
    let window = geometry.window
    return """
      \(geometry.batch) × \(geometry.inputChannels) → \(geometry.outputChannels) in \(geometry.groups), \
      \(window.input.height)×\(window.input.width), kernel \(window.kernel.height)×\(window.kernel.width), strides \
      \(window.strides.height), \(window.strides.width)
      """
  }
}

@Suite("Convolution")
struct ConvolutionTests {
  private static let cases = [
    ConvolutionCase(from: 1, to: 1, 1, 1, kernel: .init(1)),
    ConvolutionCase(from: 3, to: 9, 12, 21, kernel: .init(7), strides: .init(2), pads: .init(3)),
    ConvolutionCase(from: 5, to: 17, 7, 7, kernel: .init(3), pads: .init(1)),
    ConvolutionCase(batch: 5, from: 43, to: 9, 7, 7, kernel: .init(3), pads: .init(1)),
    ConvolutionCase(from: 6, to: 12, 9, 51, kernel: .init(3), strides: .init(2), pads: .init(1)),
    ConvolutionCase(from: 8, to: 8, 13, 64, kernel: .init(1)),
    ConvolutionCase(batch: 1, from: 400, to: 20, 5, 10, kernel: .init(1)),
    ConvolutionCase(from: 8, to: 24, 14, 14, kernel: .init(1), strides: .init(2)),
    ConvolutionCase(from: 4, to: 8, 6, 6, kernel: .init(1), pads: .init(top: 1, left: 0, bottom: 2, right: 3)),
    ConvolutionCase(
      from: 3, to: 4, 11, 17, kernel: .init(height: 2, width: 5), strides: .init(height: 3, width: 4),
      dilations: .init(height: 2, width: 3), pads: .init(top: 2, left: 5, bottom: 0, right: 1)),
    ConvolutionCase(groups: 3, from: 12, to: 6, 8, 20, kernel: .init(3), pads: .init(1)),
    ConvolutionCase(groups: 4, from: 4, to: 32, 8, 9, kernel: .init(3), strides: .init(2), pads: .init(1)),
    ConvolutionCase(from: 2, to: 3, 2, 3, kernel: .init(5), pads: .init(2)),
    ConvolutionCase(batch: 1, from: 2, to: 3, 40, 40, kernel: .init(height: 37, width: 38)),
    ConvolutionCase(groups: 5, from: 5, to: 5, 14, 35, kernel: .init(3), pads: .init(1)),
    ConvolutionCase(groups: 5, from: 5, to: 5, 15, 38, kernel: .init(3), strides: .init(2), pads: .init(1)),
    ConvolutionCase(groups: 3, from: 3, to: 6, 7, 7, kernel: .init(5), pads: .init(2)),
    ConvolutionCase(groups: 3, from: 3, to: 3, 9, 40, kernel: .init(5), strides: .init(2), pads: .init(2)),
    ConvolutionCase(
      groups: 4, from: 4, to: 4, 10, 20, kernel: .init(height: 1, width: 4), strides: .init(height: 2, width: 3),
      dilations: .init(height: 1, width: 2), pads: .init(top: 0, left: 4, bottom: 1, right: 0)),
  ]

  @Test("The result is near the one in double precision", arguments: cases)
  func matchesReference(test: ConvolutionCase) {
    let geometry = test.geometry
    let input = numbers(geometry.inputCount, seed: 1)
    let weights = numbers(geometry.weightCount, seed: 2)
    let bias = numbers(geometry.outputChannels, seed: 3)
    let expected = referenceConvolution(geometry, input, weights, bias)
    for set in InstructionSet.available {
      let result = convolved(geometry, input, weights, bias, set, threads: 2)
      let wrong = expected.indices.filter { !expected[$0].admits(result[$0]) }
      #expect(wrong.isEmpty, "\(set)")
    }
  }

  @Test("Without a bias the sums start from zero", arguments: cases.prefix(3) + cases.suffix(1))
  func withoutBias(test: ConvolutionCase) {
    let geometry = test.geometry
    let input = numbers(geometry.inputCount, seed: 1)
    let weights = numbers(geometry.weightCount, seed: 2)
    let zeros = [Float](repeating: 0, count: geometry.outputChannels)
    for set in InstructionSet.available {
      let result = convolved(geometry, input, weights, nil, set, threads: 2)
      #expect(result == convolved(geometry, input, weights, zeros, set, threads: 1))
    }
  }

  @Test(
    "An image's bits depend on no other image and on no thread", arguments: InstructionSet.available,
    cases.filter { $0.geometry.inputCount < 10_000 })
  func sameBits(set: InstructionSet, test: ConvolutionCase) throws {
    let weights = numbers(test.geometry.weightCount, seed: 2)
    let bias = numbers(test.geometry.outputChannels, seed: 3)
    func result(batch: Int, threads: Int) throws -> [UInt32] {
      let geometry = try Convolution2D(
        batch: batch, groups: test.geometry.groups, inputChannels: test.geometry.inputChannels,
        outputChannels: test.geometry.outputChannels, window: test.geometry.window)
      // Each image holds the numbers of its own, whatever the batch.
      let input = (0..<batch).flatMap { numbers(geometry.inputCount / batch, seed: UInt64(10 + $0)) }
      return convolved(geometry, input, weights, bias, set, threads: threads).bits
    }
    let whole = try result(batch: 32, threads: 1)
    #expect(try result(batch: 32, threads: 2) == whole)
    #expect(try result(batch: 32, threads: 3) == whole)
    let image = whole.count / 32
    for batch in [1, 7] {
      #expect(try result(batch: batch, threads: 2) == Array(whole[..<(batch * image)]))
    }
  }

  @Test("Geometries that cannot be are refused")
  func refusedGeometries() throws {
    let plane = Window2D.Extent(4)
    #expect(throws: GeometryError.self) { try Window2D(input: plane, kernel: .init(5)) }
    #expect(throws: GeometryError.self) { try Window2D(input: plane, kernel: .init(0)) }
    #expect(throws: GeometryError.self) { try Window2D(input: plane, kernel: .init(1), strides: .init(0)) }
    #expect(throws: GeometryError.self) { try Window2D(input: plane, kernel: .init(1), pads: .init(-1)) }
    #expect(throws: GeometryError.self) { try Window2D(input: plane, kernel: .init(1), dilations: .init(.max)) }
    let window = try Window2D(input: plane, kernel: .init(1))
    for (groups, input, output) in [(2, 3, 4), (2, 4, 3), (0, 1, 1), (1, 0, 1), (1, 1 << 60, 1)] {
      #expect(throws: GeometryError.self) {
        try Convolution2D(
          batch: 1, groups: groups, inputChannels: input, outputChannels: output, window: window)
      }
    }
  }

  private func convolved(
    _ geometry: Convolution2D, _ input: [Float], _ weights: [Float], _ bias: [Float]?, _ set: InstructionSet,
    threads: Int
  ) -> [Float] {
    let output = Floats(count: geometry.outputCount)
    let weights = Floats(weights)
    let packed = PackedConvolutionWeights(weights.start, for: geometry, instructionSet: set)
    let (input, bias) = (Floats(input), bias.map { Floats($0) })
    convolve(
      geometry, input: input.start, weights: packed, bias: bias?.start, output: output.start,
      pool: ThreadPool(threadCount: threads))
    return output.elements
  }
}
