import GraphIR
import Kernels
import Tensors
import TestSupport
import Testing

@testable import Execution

/// The first layer made from masks against masked images that are written, and what is taken over from the run of a mask
/// of zeros against everything being made.
struct MaskedImagesTests {
  private static let image = (height: 61, width: 67)
  private static let grid = (height: 4, width: 5)

  /// The weights of linear resizing with half-pixel centres.
  private static func weights(from nodes: Int, to pixels: Int) -> GridWeights {
    GridWeights(
      nodes: nodes,
      pixels: (0..<pixels).map { pixel in
        let place = max(0, (Float(pixel) + 0.5) * Float(nodes) / Float(pixels) - 0.5)
        let first = min(Int(place), nodes - 1)
        let fraction = place - Float(first)
        return first + 1 < nodes && fraction > 0 ? (first, [1 - fraction, fraction]) : (first, [1])
      })
  }

  /// Masks of which each has a few cells other than 0; the first has none, the second no other.
  private static func masks(_ count: Int) -> [Float] {
    let size = grid.height * grid.width
    let values = noise(count * size, seed: 3).map(abs)
    return values.enumerated().map { index, value in
      let (mask, cell) = index.quotientAndRemainder(dividingBy: size)
      if mask < 2 { return Float(mask) }
      return (cell + 3 * mask) % size < 2 + mask % 3 ? value : 0
    }
  }

  /// A stem with what the kernels have: pooling, depthwise and pointwise layers, a residual, parts joined, Winograd.
  private static func graph(kernel: Int, stride: Int, channels: Int) throws -> Graph {
    var sketch = NetworkSketch()
    let (pad, step) = (Int64(kernel / 2), Int64(stride))
    sketch.convolution(
      "x", to: "c", channels: (channels, 40), kernel: [kernel, kernel],
      attributes: ["pads": .ints([pad, pad, pad, pad]), "strides": .ints([step, step])])
    sketch.add("Relu", "c", to: "r")
    sketch.add(
      "MaxPool", "r", to: "p",
      attributes: ["kernel_shape": .ints([3, 3]), "pads": .ints([0, 0, 1, 1]), "strides": .ints([1, 1])])
    sketch.convolution("p", to: "e", channels: (40, 40), groups: 40)
    sketch.convolution("e", to: "f", channels: (40, 40), kernel: [1, 1])
    sketch.add("Add", "f", "p", to: "s")
    sketch.convolution("s", to: "w", channels: (40, 32))
    sketch.add("Relu", "w", to: "wr")
    sketch.convolution("s", to: "v", channels: (40, 32), kernel: [1, 1])
    sketch.add("Concat", "wr", "v", to: "j", attributes: ["axis": .int(1)])
    sketch.convolution(
      "j", to: "d", channels: (64, 64), attributes: ["pads": .ints([1, 1, 1, 1]), "strides": .ints([2, 2])])
    sketch.head("d", to: "y", channels: 64, classes: 9)
    return try sketch.graph(outputs: ["y"])
  }

  /// The programs for images and for masks, the masks, and each masked image written out.
  private struct Setting {
    let output: ValueID
    let images: Program
    let masked: Program
    let basis: MaskBasis
    let masks: [Float]
    let written: Tensor
  }

  private func setting(
    kernel: Int, stride: Int, channels: Int, masks count: Int, threads: Int = 2
  ) throws -> Setting {
    let (height, width) = Self.image
    let graph = try Self.graph(kernel: kernel, stride: stride, channels: channels)
    let check = try NetworkCheck(graph, image: [channels, height, width], images: 1)
    let rows = Self.weights(from: Self.grid.height, to: height)
    let columns = Self.weights(from: Self.grid.width, to: width)
    let masks = Self.masks(count)
    let program = try check.network(threads: threads).program()
    let basis = try #require(program.maskBasis(of: check.images, rows: rows, columns: columns))
    let pixels = check.images.elements(of: Float.self)
    var written: [Float] = []
    for mask in 0..<count {
      for channel in 0..<channels {
        for y in 0..<height {
          for x in 0..<width {
            var value: Float = 0
            for (i, rowWeight) in rows.pixels[y].weights.enumerated() {
              for (j, columnWeight) in columns.pixels[x].weights.enumerated() {
                let node = (rows.pixels[y].first + i) * Self.grid.width + columns.pixels[x].first + j
                value += masks[mask * Self.grid.height * Self.grid.width + node] * rowWeight * columnWeight
              }
            }
            written.append(value * pixels[(channel * height + y) * width + x])
          }
        }
      }
    }
    return Setting(
      output: graph.outputs[0], images: program, masked: program.masked(), basis: basis, masks: masks,
      written: Tensor(try Shape([count, channels, height, width]), written))
  }

  /// The order of sums differs in the first layer alone: a few roundings of values of about 1, and those of Winograd's
  /// transforms behind it.
  @Test(arguments: [(7, 2, 3), (3, 2, 3), (3, 1, 3), (5, 3, 4)])
  func sameAsWrittenImages(kernel: Int, stride: Int, channels: Int) throws {
    let setting = try setting(kernel: kernel, stride: stride, channels: channels, masks: 7)
    let expected = try #require(setting.images.run(setting.written)[setting.output]).elements(of: Float.self)
    let found = try #require(setting.masked.run(setting.basis.masked(by: setting.masks))[setting.output])
      .elements(of: Float.self)
    let scale = expected.map(abs).max()!
    #expect(zip(expected, found).allSatisfy { abs($0 - $1) <= 2e-5 * scale })
    // The masks matter.
    #expect(found[0..<9] != found[9..<18])
  }

  @Test(arguments: [(7, 2, 3), (3, 1, 3)])
  func sameBitsAsMakingAll(kernel: Int, stride: Int, channels: Int) throws {
    let setting = try setting(kernel: kernel, stride: stride, channels: channels, masks: 13)
    let masked = setting.basis.masked(by: setting.masks)
    let all = try #require(setting.masked.run(masked, makesAll: true)[setting.output])
    let some = try #require(setting.masked.run(masked)[setting.output])
    #expect(some.elements(of: Float.self) == all.elements(of: Float.self))
    #expect(setting.masked.activeRegions != nil)
  }

  @Test(arguments: [1, 2, 3])
  func sameBitsForAnyThreads(threads: Int) throws {
    let one = try setting(kernel: 7, stride: 2, channels: 3, masks: 33)
    let other = try setting(kernel: 7, stride: 2, channels: 3, masks: 33, threads: threads)
    let expected = try one.masked.run(one.basis.masked(by: one.masks))[one.output]
    for imagesPerThread in [1, 7, 32] {
      let found = try other.masked.run(other.basis.masked(by: other.masks), imagesPerThread: imagesPerThread)
      #expect(found[other.output]?.elements(of: Float.self) == expected?.elements(of: Float.self))
    }
  }

  /// A grid of hardly fewer nodes than there are pixels has no basis that pays.
  @Test func refusesFineGrids() throws {
    let graph = try Self.graph(kernel: 3, stride: 1, channels: 1)
    let check = try NetworkCheck(graph, image: [1, 61, 67], images: 1)
    let basis = try check.network().program().maskBasis(
      of: check.images, rows: Self.weights(from: 60, to: 61), columns: Self.weights(from: 66, to: 67))
    #expect(basis == nil)
  }
}
