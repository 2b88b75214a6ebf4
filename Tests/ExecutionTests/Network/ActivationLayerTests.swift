import GraphIR
import Tensors
import TestSupport
import Testing

@testable import Execution

/// Activations, products and local response normalization of feature maps.
struct ActivationLayerTests {
  private func expect(
    _ sketch: NetworkSketch, outputs: [String] = ["y"], opset: Int = 22, layers expected: [[String]],
    numbers: (Int) -> [Float] = { noise($0).map { $0 * 4 } }, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let check = try NetworkCheck(
      sketch.graph(outputs: outputs, opset: opset), image: [20, 9, 10], images: 3, numbers: numbers)
    let layers = try check.network().layers.map { layer in
      layer.layer.nodes.map { check.graph.name(of: check.graph.nodes[$0].outputs[0]!) }
    }
    #expect(layers == expected, sourceLocation: sourceLocation)
    try check.expectAll(sourceLocation: sourceLocation)
  }

  static let activations: [(String, [String: Attribute])] = [
    ("HardSwish", [:]), ("HardSigmoid", ["alpha": .float(0.3)]), ("Sigmoid", [:]),
    ("LeakyRelu", ["alpha": .float(0.2)]),
  ]

  @Test(arguments: activations)
  func anActivationIsALayer(operatorName: String, attributes: [String: Attribute]) throws {
    var sketch = NetworkSketch()
    sketch.add("MaxPool", "x", to: "pool", attributes: ["kernel_shape": .ints([2, 2])])
    sketch.add(operatorName, "pool", to: "y", attributes: attributes)
    try expect(sketch, layers: [["pool"], ["y"]])
  }

  @Test(arguments: activations)
  func anActivationOfEveryKindJoins(operatorName: String, attributes: [String: Attribute]) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "direct", channels: (20, 40), kernel: [5, 5])
    sketch.add(operatorName, "direct", to: "a", attributes: attributes)
    sketch.convolution("a", to: "winograd", channels: (40, 36))
    sketch.normalization("winograd", to: "n", channels: 36)
    sketch.add(operatorName, "n", to: "b", attributes: attributes)
    sketch.convolution("b", to: "depthwise", channels: (36, 36), groups: 36)
    sketch.add(operatorName, "depthwise", to: "c", attributes: attributes)
    sketch.convolution("c", to: "grouped", channels: (36, 72), groups: 4)
    sketch.add(operatorName, "grouped", to: "d", attributes: attributes)
    sketch.convolution("d", to: "pointwise", channels: (72, 36), kernel: [1, 1])
    sketch.add("Add", "pointwise", "c", to: "s")
    sketch.add(operatorName, "s", to: "y", attributes: attributes)
    try expect(
      sketch,
      layers: [
        ["direct", "a"], ["winograd", "n", "b"], ["depthwise", "c"], ["grouped", "d"], ["pointwise", "s", "y"],
      ])
  }

  /// x · f(x), as swish is written by exporters; also where the product names its factors the other way round.
  @Test(arguments: ["Sigmoid", "HardSigmoid"], [true, false])
  func aGateJoins(operatorName: String, isSecond: Bool) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (20, 20))
    sketch.add(operatorName, "c", to: "f")
    if isSecond { sketch.add("Mul", "c", "f", to: "y") } else { sketch.add("Mul", "f", "c", to: "y") }
    try expect(sketch, layers: [["c", "f", "y"]])
    try expect(sketch, outputs: ["f", "y"], layers: [["c"], ["f"], ["y"]])
  }

  @Test func aGateOfAnotherMapIsAProduct() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (20, 20))
    sketch.convolution("x", to: "d", channels: (20, 20), kernel: [1, 1])
    sketch.add("Sigmoid", "c", to: "f")
    sketch.add("Mul", "d", "f", to: "p")
    sketch.add("Add", "p", "d", to: "y")
    try expect(sketch, layers: [["d"], ["c", "f"], ["p"], ["y"]])
  }

  /// A block that weighs its channels by what it sees of all of them.
  @Test(arguments: [true, false])
  func squeezeAndExcitation(isSecond: Bool) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (20, 40), kernel: [1, 1])
    sketch.add("HardSwish", "c", to: "h")
    sketch.add("GlobalAveragePool", "h", to: "mean")
    sketch.convolution("mean", to: "squeezed", channels: (40, 10), kernel: [1, 1])
    sketch.add("Relu", "squeezed", to: "r")
    sketch.convolution("r", to: "excited", channels: (10, 40), kernel: [1, 1])
    sketch.add("HardSigmoid", "excited", to: "weights")
    if isSecond { sketch.add("Mul", "h", "weights", to: "p") } else { sketch.add("Mul", "weights", "h", to: "p") }
    sketch.convolution("p", to: "y", channels: (40, 20), kernel: [1, 1])
    try expect(
      sketch,
      layers: [["c", "h"], ["mean"], ["squeezed", "r"], ["excited", "weights"], ["p"], ["y"]])
  }

  @Test(arguments: [[20, 1, 1], [1, 20, 1, 1], [1]], [true, false])
  func slopesOfChannels(shape: [Int], isFused: Bool) throws {
    var sketch = NetworkSketch()
    let shape = try Shape(shape)
    sketch.constant("slopes", Tensor(shape, noise(shape.count, seed: 9)))
    if isFused { sketch.convolution("x", to: "c", channels: (20, 20)) }
    sketch.add("PRelu", isFused ? "c" : "x", "slopes", to: "y")
    try expect(sketch, layers: [isFused ? ["c", "y"] : ["y"]])
  }

  @Test func slopesOfColumnsStayPlain() throws {
    var sketch = NetworkSketch()
    sketch.constant("slopes", Tensor.noise(10, seed: 9))
    sketch.add("PRelu", "x", "slopes", to: "y")
    try expect(sketch, layers: [])
  }

  @Test(arguments: [1, 2, 5, 64])
  func localResponses(size: Int) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (20, 36))
    sketch.add(
      "LRN", "c", to: "y",
      attributes: ["size": .int(Int64(size)), "alpha": .float(0.4), "beta": .float(0.75), "bias": .float(1.5)])
    try expect(sketch, layers: [["c"], ["y"]])
  }

  @Test func localResponsesToOtherPowersStayPlain() throws {
    var sketch = NetworkSketch()
    sketch.add("LRN", "x", to: "y", attributes: ["size": .int(3), "beta": .float(0.5)])
    try expect(sketch, layers: [])
  }

  /// Infinities and NaN go as the plain operators have it.
  @Test(arguments: activations)
  func oddNumbers(operatorName: String, attributes: [String: Attribute]) throws {
    var sketch = NetworkSketch()
    sketch.add(operatorName, "x", to: "y", attributes: attributes)
    let check = try NetworkCheck(sketch.graph(outputs: ["y"], opset: 22), image: [5, 3, 3]) { count in
      noise(count).enumerated().map { [2: .nan, 5: .infinity, 9: -.infinity, 11: 200, 12: -200][$0] ?? $1 }
    }
    try check.expectAgreement(arithmetic: .precise)
  }
}
