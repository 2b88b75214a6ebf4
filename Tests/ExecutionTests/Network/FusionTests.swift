import GraphIR
import Tensors
import TestSupport
import Testing

@testable import Execution

/// Which nodes become one layer, and that layers make what the nodes would.
struct FusionTests {
  /// The names of the outputs of each layer's nodes.
  private func layers(of check: NetworkCheck) throws -> [[String]] {
    try check.network().layers.map { layer in
      layer.layer.nodes.map { check.graph.name(of: check.graph.nodes[$0].outputs[0]!) }
    }
  }

  private func expect(
    _ sketch: NetworkSketch, outputs: [String], channels: Int = 20, layers expected: [[String]],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let check = try NetworkCheck(sketch.graph(outputs: outputs), image: [channels, 9, 10], images: 3)
    #expect(try layers(of: check) == expected, sourceLocation: sourceLocation)
    try check.expectAll(sourceLocation: sourceLocation)
  }

  @Test(arguments: [[1, 1], [3, 3], [5, 5]])
  func aNormalizationAndAClampJoinTheConvolution(kernel: [Int]) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (20, 33), kernel: kernel)
    sketch.normalization("c", to: "n", channels: 33)
    sketch.add("Relu", "n", to: "y")
    try expect(sketch, outputs: ["y"], layers: [["c", "n", "y"]])
  }

  @Test func aSecondNormalizationJoinsToo() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (20, 16))
    sketch.normalization("c", to: "n", channels: 16)
    sketch.normalization("n", to: "m", channels: 16)
    sketch.add("Relu", "m", to: "y")
    try expect(sketch, outputs: ["y"], layers: [["c", "n", "m", "y"]])
  }

  @Test func aNormalizationAfterASumStandsAlone() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (20, 20))
    sketch.add("Add", "c", "x", to: "s")
    sketch.normalization("s", to: "y", channels: 20)
    try expect(sketch, outputs: ["y"], layers: [["c", "s"], ["y"]])
  }

  @Test func aNormalizationWithoutAConvolutionIsALayer() throws {
    var sketch = NetworkSketch()
    sketch.normalization("x", to: "n", channels: 20)
    sketch.add("Relu", "n", to: "y")
    try expect(sketch, outputs: ["y"], layers: [["n", "y"]])
  }

  /// The residual stands on either side of the sum.
  @Test(arguments: [true, false], [[1, 1], [3, 3]])
  func aSumJoinsTheConvolution(isSecond: Bool, kernel: [Int]) throws {
    var sketch = NetworkSketch()
    sketch.add("Relu", "x", to: "r")
    sketch.convolution("r", to: "c", channels: (20, 20), kernel: kernel)
    sketch.normalization("c", to: "n", channels: 20)
    if isSecond { sketch.add("Add", "r", "n", to: "s") } else { sketch.add("Add", "n", "r", to: "s") }
    sketch.add("Relu", "s", to: "y")
    try expect(sketch, outputs: ["y"], layers: [["r"], ["c", "n", "s", "y"]])
  }

  /// The first convolution waits for the second, and adds what that makes.
  @Test func aSumOfTwoConvolutionsJoinsOne() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "a", channels: (20, 24), attributes: ["strides": .ints([2, 2])])
    sketch.convolution("x", to: "b", channels: (20, 24), kernel: [1, 1], attributes: ["strides": .ints([2, 2])])
    sketch.normalization("b", to: "n", channels: 24)
    // Without pads the kernel of three leaves another extent; a pooled one fits.
    sketch.add("MaxPool", "n", to: "p", attributes: ["kernel_shape": .ints([2, 2])])
    sketch.add("Add", "a", "p", to: "s")
    sketch.add("Relu", "s", to: "y")
    try expect(sketch, outputs: ["y"], layers: [["b", "n"], ["p"], ["a", "s", "y"]])
    var plain = NetworkSketch()
    plain.convolution("x", to: "a", channels: (20, 24))
    plain.convolution("x", to: "b", channels: (20, 24), kernel: [1, 1])
    plain.add("Add", "a", "b", to: "s")
    plain.add("Relu", "s", to: "y")
    try expect(plain, outputs: ["y"], layers: [["b"], ["a", "s", "y"]])
  }

  @Test func aConvolutionsSumWithItselfIsNotJoined() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (20, 17))
    sketch.add("Add", "c", "c", to: "s")
    sketch.add("Relu", "s", to: "y")
    try expect(sketch, outputs: ["y"], layers: [["c"], ["s", "y"]])
  }

  @Test func aConvolutionsSumWithItsInputIsJoined() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (3, 3))
    sketch.add("Add", "x", "c", to: "y")
    try expect(sketch, outputs: ["y"], channels: 3, layers: [["c", "y"]])
  }

  @Test func aSumOfOtherShapesIsNotJoined() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (20, 20))
    sketch.add("GlobalAveragePool", "x", to: "m")
    sketch.add("Add", "c", "m", to: "s")
    sketch.add("Relu", "s", to: "y")
    try expect(sketch, outputs: ["y"], layers: [["c"], ["m"], ["y"]])
  }

  @Test func anOutputOfTheGraphIsNotHidden() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (20, 16))
    sketch.normalization("c", to: "n", channels: 16)
    sketch.add("Relu", "n", to: "y")
    try expect(sketch, outputs: ["y", "n"], layers: [["c", "n"], ["y"]])
    try expect(sketch, outputs: ["c", "y"], layers: [["c"], ["n", "y"]])
  }

  @Test func aValueWithTwoReadersIsNotHidden() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (20, 16))
    sketch.add("Relu", "c", to: "r")
    sketch.convolution("r", to: "d", channels: (16, 16))
    sketch.add("Add", "d", "r", to: "s")
    sketch.add("Add", "s", "c", to: "y")
    try expect(sketch, outputs: ["y"], layers: [["c"], ["r"], ["d", "s"], ["y"]])
  }

  /// Min and max; nil is left out.
  @Test(arguments: [(0, 6), (nil, 0.25), (-0.25, nil), (nil, nil), (0.5, -0.5)] as [(Float?, Float?)], [6, 11])
  func clampsOfEveryKindJoin(bounds: (Float?, Float?), opset: Int) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (3, 20))
    if opset == 6 {
      var attributes: [String: Attribute] = [:]
      attributes["min"] = bounds.0.map { .float($0) }
      attributes["max"] = bounds.1.map { .float($0) }
      sketch.add("Clip", "c", to: "y", attributes: attributes)
    } else {
      for (name, bound) in [("low", bounds.0), ("high", bounds.1)] {
        if let bound { sketch.constant(name, Tensor(scalar: bound)) }
      }
      sketch.add("Clip", "c", bounds.0 == nil ? "" : "low", bounds.1 == nil ? "" : "high", to: "y")
    }
    let check = try NetworkCheck(sketch.graph(outputs: ["y"], opset: opset), image: [3, 6, 7])
    #expect(try layers(of: check) == [["c", "y"]])
    try check.expectAll()
  }

  @Test func aClampToAComputedBoundStaysPlain() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (3, 20))
    sketch.add("ReduceMax", "c", to: "high", attributes: ["keepdims": .int(0)])
    sketch.constant("low", Tensor(scalar: Float(0)))
    sketch.add("Clip", "c", "low", "high", to: "y")
    let check = try NetworkCheck(sketch.graph(outputs: ["y"]), image: [3, 6, 7], images: 1)
    #expect(try layers(of: check) == [["c"]])
    try check.expectAgreement(arithmetic: .precise)
  }

  /// What is not a number stays so, and infinities pass through clamps as the plain operators let them.
  @Test(arguments: ["Relu", "Clip"])
  func oddNumbersPassAsTheyDoPlainly(operatorName: String) throws {
    var sketch = NetworkSketch()
    sketch.normalization("x", to: "n", channels: 5)
    sketch.add(operatorName, "n", to: "y")
    let check = try NetworkCheck(sketch.graph(outputs: ["y"]), image: [5, 3, 3]) { count in
      noise(count).enumerated().map { [2: .nan, 5: .infinity, 9: -.infinity][$0] ?? $1 }
    }
    #expect(try layers(of: check) == [["n", "y"]])
    try check.expectAgreement(arithmetic: .precise)
  }
}
