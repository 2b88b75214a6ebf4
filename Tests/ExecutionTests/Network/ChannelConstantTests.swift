import GraphIR
import Tensors
import TestSupport
import Testing

@testable import Execution

/// Arithmetic of feature maps with constants that have a value for each channel, and of two maps.
struct ChannelConstantTests {
  private static let channels = 20

  /// Positive numbers of a shape.
  private func factors(_ shape: [Int], seed: UInt64) throws -> Tensor {
    let shape = try Shape(shape)
    return Tensor(shape, noise(shape.count, seed: seed).map { 1 + $0 / 2 })
  }

  private func expect(
    _ sketch: NetworkSketch, opset: Int = 13, layers expected: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let check = try NetworkCheck(
      sketch.graph(outputs: ["y"], opset: opset), image: [Self.channels, 6, 7], images: 3)
    #expect(try check.network().layers.count == expected, sourceLocation: sourceLocation)
    try check.expectAll(sourceLocation: sourceLocation)
  }

  /// As exporters write a normalization that was no operator of its own.
  @Test(
    arguments: ["Mul", "Add", "Sub", "Div"],
    [[channels, 1, 1], [1, channels, 1, 1], [], [1], [1, 1, 1, 1]])
  func aConstantJoinsTheConvolution(operatorName: String, shape: [Int]) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (Self.channels, Self.channels))
    sketch.constant("k", try factors(shape, seed: 7))
    sketch.constant("l", try factors(shape, seed: 8))
    sketch.add(operatorName, "c", "k", to: "s")
    sketch.add("Mul", "l", "s", to: "t")
    sketch.add("Relu", "t", to: "y")
    try expect(sketch, layers: 1)
  }

  @Test(arguments: ["Mul", "Add", "Sub"])
  func aConstantMayComeFirst(operatorName: String) throws {
    var sketch = NetworkSketch()
    sketch.constant("k", try factors([Self.channels, 1, 1], seed: 7))
    sketch.add(operatorName, "k", "x", to: "s")
    sketch.normalization("s", to: "n", channels: Self.channels)
    sketch.add("Relu", "n", to: "y")
    try expect(sketch, layers: 1)
  }

  /// The rule of opsets below 7: the constant's axes begin at the channels'.
  @Test(arguments: ["Mul", "Add", "Sub", "Div"])
  func aConstantOfOldOpsetsJoins(operatorName: String) throws {
    var sketch = NetworkSketch()
    sketch.constant("k", try factors([Self.channels], seed: 7))
    sketch.add(operatorName, "x", "k", to: "y", attributes: ["broadcast": .int(1), "axis": .int(1)])
    try expect(sketch, opset: 6, layers: 1)
  }

  @Test func whatIsNoChannelsConstantStaysPlain() throws {
    var sketch = NetworkSketch()
    // One value for each column, and more channels than the map has.
    sketch.constant("columns", try factors([7], seed: 7))
    sketch.constant("plane", try factors([6, 7], seed: 8))
    sketch.constant("zero", Tensor(scalar: Float(0)))
    sketch.add("Mul", "x", "columns", to: "a")
    sketch.add("Add", "a", "plane", to: "b")
    sketch.add("Div", "columns", "b", to: "c")
    sketch.add("Div", "c", "zero", to: "y")
    let check = try NetworkCheck(sketch.graph(outputs: ["c", "y"]), image: [Self.channels, 6, 7])
    #expect(try check.network().layers.isEmpty)
    try check.expectAgreement(arithmetic: .precise)
  }

  /// Factors whose product is beyond float32 are not multiplied ahead of the map.
  @Test func hugeFactorsStayApart() throws {
    var sketch = NetworkSketch()
    sketch.constant("huge", Tensor(scalar: Float(0x1p100)))
    sketch.add("MaxPool", "x", to: "pool", attributes: ["kernel_shape": .ints([2, 2])])
    sketch.add("Mul", "pool", "huge", to: "a")
    sketch.add("Mul", "a", "huge", to: "y")
    let check = try NetworkCheck(sketch.graph(outputs: ["y"]), image: [20, 6, 7]) { noise($0).map { $0 * 0x1p-90 } }
    #expect(try check.network().layers.count == 3)
    try check.expectAll()
  }

  @Test func aSumOperatorOfTwoJoinsTheConvolution() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (Self.channels, Self.channels))
    sketch.add("Sum", "x", "c", to: "s")
    sketch.add("Relu", "s", to: "r")
    sketch.add("Sum", "r", "x", to: "y")
    try expect(sketch, layers: 2)
  }

  @Test func aSumOperatorOfOtherCountsStaysPlain() throws {
    var sketch = NetworkSketch()
    sketch.add("Sum", "x", to: "a")
    sketch.add("Sum", "x", "a", "x", to: "y")
    try expect(sketch, layers: 0)
  }
}
