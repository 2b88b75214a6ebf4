import Execution
import GraphIR
import Kernels
import Tensors
import TestSupport
import Testing

/// Channels put one behind the other: in place where blocks allow it, else copied.
struct ConcatenationTests {
  static let axis: [String: Attribute] = ["axis": .int(1)]

  /// Makes convolutions of `x` with so many channels each, named c0, c1, ….
  private func branches(_ channels: [Int], into sketch: inout NetworkSketch) {
    for (index, count) in channels.enumerated() {
      sketch.convolution("x", to: "c\(index)", channels: (5, count), kernel: index % 2 == 0 ? [1, 1] : [3, 3])
      sketch.add("Relu", "c\(index)", to: "r\(index)")
    }
  }

  private func expect(_ sketch: NetworkSketch, outputs: [String]) throws {
    let check = try NetworkCheck(sketch.graph(outputs: outputs), image: [5, 7, 6], images: 3)
    #expect(try check.network().plainNodes.isEmpty)
    try check.expectAll()
  }

  @Test(arguments: [
    [1, 3], [8, 8, 8], [16, 16], [16, 8, 24], [24, 48, 3], [3, 48, 16], [48, 1, 15, 16], [1, 31, 32, 16], [17],
  ])
  func channelsOfAnyNumber(channels: [Int]) throws {
    var sketch = NetworkSketch()
    branches(channels, into: &sketch)
    switch channels.count {
    case 1: sketch.add("Concat", "r0", to: "k", attributes: Self.axis)
    case 2: sketch.add("Concat", "r0", "r1", to: "k", attributes: Self.axis)
    case 3: sketch.add("Concat", "r0", "r1", "r2", to: "k", attributes: Self.axis)
    default: sketch.add("Concat", "r0", "r1", "r2", "r3", to: "k", attributes: Self.axis)
    }
    sketch.convolution("k", to: "y", channels: (channels.reduce(0, +), 20))
    try expect(sketch, outputs: ["y"])
  }

  /// Each input is also read by others, which need margins around it that differ.
  @Test(arguments: [[16, 16], [24, 8], [8, 24], [48, 3]])
  func inputsThatOthersRead(channels: [Int]) throws {
    var sketch = NetworkSketch()
    branches(channels, into: &sketch)
    sketch.add("Concat", "r0", "r1", to: "k", attributes: Self.axis)
    sketch.convolution("r0", to: "a", channels: (channels[0], 20), kernel: [5, 5])
    sketch.convolution("r1", to: "b", channels: (channels[1], 20))
    sketch.normalization("r0", to: "n", channels: channels[0])
    sketch.add("GlobalAveragePool", "n", to: "m")
    sketch.convolution("k", to: "c", channels: (channels[0] + channels[1], 20), kernel: [1, 1])
    sketch.add("Add", "a", "b", to: "s")
    sketch.add("Add", "s", "c", to: "y")
    try expect(sketch, outputs: ["y", "k", "r0", "m"])
  }

  /// Each layer reads all that came before, as the layers of DenseNet do: what is concatenated is made in place where
  /// blocks allow it.
  @Test(arguments: [(16, 0), (8, 4), (32, 0)])
  func denseConnections(width: Int, copies: Int) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c0", channels: (5, width))
    sketch.convolution("c0", to: "c1", channels: (width, width))
    sketch.add("Concat", "c0", "c1", to: "k1", attributes: Self.axis)
    sketch.normalization("k1", to: "n1", channels: 2 * width)
    sketch.convolution("n1", to: "c2", channels: (2 * width, width), kernel: [1, 1])
    sketch.add("Concat", "c0", "c1", "c2", to: "k2", attributes: Self.axis)
    sketch.convolution("k2", to: "c3", channels: (3 * width, width), kernel: [1, 1])
    sketch.add("Concat", "c0", "c1", "c2", "c3", to: "k3", attributes: Self.axis)
    sketch.convolution("k3", to: "y", channels: (4 * width, 20))
    try expect(sketch, outputs: ["y"])
    let check = try NetworkCheck(sketch.graph(outputs: ["y"]), image: [5, 7, 6], images: 1)
    let kernels = try check.network().program().stepDescriptions.map(\.kernel)
    let lanes = InstructionSet.current.lanes
    #expect(kernels.count { $0 == .copy } == (width % lanes == 0 ? 0 : copies))
  }

  @Test(arguments: [3, 16, 24])
  func anInputTwice(channels: Int) throws {
    var sketch = NetworkSketch()
    branches([channels, 16], into: &sketch)
    sketch.add("Concat", "r0", "r1", "r0", to: "k", attributes: Self.axis)
    sketch.add("Identity", "r0", to: "i")
    sketch.add("Concat", "k", "r0", "i", to: "l", attributes: Self.axis)
    sketch.convolution("l", to: "y", channels: (4 * channels + 16, 7))
    try expect(sketch, outputs: ["y"])
  }

  /// As in a DenseNet: each layer reads all that come before it.
  @Test(arguments: [3, 8, 16, 24])
  func concatenationsOfConcatenations(growth: Int) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "k0", channels: (5, 16))
    for index in 0..<4 {
      let channels = 16 + index * growth
      sketch.normalization("k\(index)", to: "n\(index)", channels: channels)
      sketch.add("Relu", "n\(index)", to: "r\(index)")
      sketch.convolution("r\(index)", to: "c\(index)", channels: (channels, growth))
      sketch.add("Concat", "k\(index)", "c\(index)", to: "k\(index + 1)", attributes: Self.axis)
    }
    sketch.head("k4", to: "y", channels: 16 + 4 * growth, classes: 5)
    let check = try NetworkCheck(sketch.graph(outputs: ["y"]), image: [5, 7, 6], images: 3)
    try check.expectAll()
  }

  /// What neither layer made: the graph's input, and a plain node's output.
  @Test func inputsThatNoLayerMakes() throws {
    var sketch = NetworkSketch()
    sketch.add("Tanh", "x", to: "s")
    sketch.add("Concat", "x", "s", "x", to: "k", attributes: ["axis": .int(-3)])
    sketch.convolution("k", to: "y", channels: (15, 8))
    let check = try NetworkCheck(sketch.graph(outputs: ["y"]), image: [5, 7, 6], images: 3)
    #expect(try check.network().plainNodes.map(\.node) == ["ns"])
    try check.expectAll()
  }

  /// Along another axis it is no matter of channels.
  @Test func rowsStayPlain() throws {
    var sketch = NetworkSketch()
    branches([16, 16], into: &sketch)
    sketch.add("Concat", "r0", "r1", to: "k", attributes: ["axis": .int(2)])
    sketch.convolution("k", to: "y", channels: (16, 4))
    let check = try NetworkCheck(sketch.graph(outputs: ["y"]), image: [5, 7, 6], images: 3)
    #expect(try check.network().plainNodes.map(\.node) == ["nk"])
    try check.expectAll()
  }
}
