import GraphIR
import Tensors
import TestSupport
import Testing

@testable import Execution

/// Layers on maps so large that they run a few rows at a time.
struct RowStreamTests {
  /// Large enough on every instruction set, and no multiple of anything.
  static let image = [20, 69, 51]

  /// Expects layers of a sketch to stream rows, and to compute the same.
  private func expectStream(_ sketch: NetworkSketch, outputs: [String] = ["y"]) throws {
    let check = try NetworkCheck(sketch.graph(outputs: outputs), image: Self.image, images: 3)
    let program = try check.network().program()
    let streams = program.segments.flatMap(\.runs).compactMap { run in
      if case .stream(let stream, _) = run { stream } else { nil }
    }
    let height = Self.image[1]
    // Some map is there a few rows at a time.
    #expect(streams.flatMap(\.ringRows.values).contains { $0 < height / 2 })
    try check.expectAll()
    for threads in [1, 2, 3, 8] { try expectBands(of: check.network(threads: threads).program()) }
  }

  /// Expects threads that share an image to make every row once, and none before what it is made from.
  private func expectBands(of program: Program) throws {
    for case .stream(let stream, _) in program.segments.flatMap(\.runs) {
      var made = [[Int]](repeating: [], count: stream.steps.count)
      func expectInputs(of call: RowStream.Call, among made: [[Int]]) {
        let step = stream.steps[call.step]
        for (input, map) in step.inputs.enumerated() {
          let rows = step.inputRows(for: call.rows, input: input)
            .clamped(to: 0..<program.maps[map.index].layout.height)
          for maker in stream.steps[..<call.step].makers(of: map, maps: program.maps) {
            #expect(Set(made[maker]).isSuperset(of: rows), "step \(call.step), rows \(call.rows)")
          }
        }
      }
      for leg in stream.legs {
        var madeByAll = made
        for band in leg.bands {
          var seen = made
          for call in band {
            expectInputs(of: call, among: seen)
            seen[call.step] += call.rows
            madeByAll[call.step] += call.rows
          }
        }
        made = madeByAll
        for call in leg.rest {
          expectInputs(of: call, among: made)
          made[call.step] += call.rows
        }
      }
      for (step, rows) in zip(stream.steps, made) {
        #expect(rows.sorted() == Array(0..<program.maps[step.output.index].layout.height))
      }
    }
  }

  @Test(arguments: [1, 2], [3, 5])
  func invertedResiduals(stride: Int64, kernel: Int) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "a", channels: (20, 48), kernel: [1, 1])
    sketch.add("Relu", "a", to: "r")
    let pad = Int64(kernel / 2)
    sketch.convolution(
      "r", to: "d", channels: (48, 48), kernel: [kernel, kernel], groups: 48,
      attributes: ["pads": .ints([pad, pad, pad, pad]), "strides": .ints([stride, stride])])
    sketch.add("Relu", "d", to: "s")
    sketch.convolution("s", to: "y", channels: (48, 40), kernel: [1, 1])
    try expectStream(sketch)
  }

  /// The residual waits for the branch beside it.
  @Test(arguments: [[3, 3], [5, 5], [1, 7]])
  func residuals(kernel: [Int]) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "a", channels: (20, 20), kernel: [1, 1])
    sketch.add("Relu", "a", to: "r")
    sketch.convolution("r", to: "b", channels: (20, 20), kernel: kernel)
    sketch.add("Relu", "b", to: "s")
    sketch.convolution("s", to: "c", channels: (20, 20), kernel: kernel)
    sketch.add("Add", "c", "r", to: "t")
    sketch.add("Relu", "t", to: "y")
    try expectStream(sketch)
  }

  /// Windows of several heights over one map, the lower ones behind.
  @Test func readersOfSeveralHeights() throws {
    var sketch = NetworkSketch()
    sketch.add("Relu", "x", to: "r")
    sketch.convolution("r", to: "a", channels: (20, 20), kernel: [1, 1])
    sketch.convolution(
      "r", to: "b", channels: (20, 20), attributes: ["pads": .ints([4, 4, 4, 4]), "dilations": .ints([4, 4])])
    sketch.convolution(
      "r", to: "c", channels: (20, 20), kernel: [4, 2], attributes: ["pads": .ints([3, 0, 0, 1])])
    sketch.add("AveragePool", "r", to: "d", attributes: ["kernel_shape": .ints([5, 1]), "pads": .ints([0, 0, 4, 0])])
    sketch.add("Add", "a", "b", to: "s")
    sketch.add("Add", "c", "d", to: "t")
    sketch.add("Add", "s", "t", to: "y")
    try expectStream(sketch)
  }

  /// Rows are made four at a time, and read in other numbers.
  @Test func winogradBetweenPools() throws {
    var sketch = NetworkSketch()
    sketch.add(
      "MaxPool", "x", to: "p",
      attributes: ["kernel_shape": .ints([3, 2]), "pads": .ints([2, 0, 0, 1])])
    sketch.convolution("p", to: "c", channels: (20, 20))
    sketch.add("Relu", "c", to: "r")
    sketch.convolution("r", to: "d", channels: (20, 20), attributes: ["pads": .ints([0, 0, 2, 2])])
    sketch.add(
      "MaxPool", "d", to: "y",
      attributes: ["kernel_shape": .ints([3, 3]), "strides": .ints([3, 2]), "ceil_mode": .int(1)])
    try expectStream(sketch)
  }

  /// In place, copied, and both from one map.
  @Test(arguments: [(16, 16), (24, 20), (32, 8)])
  func concatenations(first: Int, second: Int) throws {
    let axis: [String: Attribute] = ["axis": .int(1)]
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "s", channels: (20, 16), kernel: [1, 1])
    sketch.convolution("s", to: "a", channels: (16, first), kernel: [1, 1])
    sketch.convolution("s", to: "b", channels: (16, second))
    sketch.add("Concat", "a", "b", "s", "a", to: "k", attributes: axis)
    sketch.convolution("k", to: "c", channels: (2 * first + second + 16, 20))
    sketch.add("Concat", "c", "b", to: "l", attributes: axis)
    sketch.add(
      "MaxPool", "l", to: "y", attributes: ["kernel_shape": .ints([3, 3]), "strides": .ints([2, 2])])
    try expectStream(sketch)
  }

  /// Values that are fetched are there as a whole.
  @Test func outputsWithinAStream() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "a", channels: (20, 20))
    sketch.convolution("a", to: "b", channels: (20, 20), kernel: [5, 5])
    sketch.normalization("a", to: "c", channels: 20)
    sketch.convolution("b", to: "y", channels: (20, 24))
    try expectStream(sketch, outputs: ["y", "c"])
  }

  /// Windows that skip rows.
  @Test func rowsThatNobodyReads() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "a", channels: (20, 20))
    sketch.convolution(
      "a", to: "b", channels: (20, 64), kernel: [2, 2],
      attributes: ["strides": .ints([3, 1]), "pads": .ints([1, 0, 1, 0])])
    sketch.convolution("b", to: "y", channels: (64, 64), kernel: [1, 1])
    try expectStream(sketch)
  }
}
