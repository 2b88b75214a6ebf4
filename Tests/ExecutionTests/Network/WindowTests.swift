import Execution
import GraphIR
import Tensors
import TestSupport
import Testing

/// A window's attributes, and what they are about.
struct WindowCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let kernel: [Int]
  var attributes: [String: Attribute]

  init(_ description: String, kernel: [Int] = [3, 3], _ attributes: [String: [Int64]] = [:], autoPad: String? = nil) {
    testDescription = description
    self.kernel = kernel
    self.attributes = attributes.mapValues { .ints($0) }
    if let autoPad { self.attributes["auto_pad"] = .string(Array(autoPad.utf8)) }
  }
}

/// Convolutions and poolings of every geometry.
struct WindowTests {
  static let windows = [
    WindowCase("no pads"),
    WindowCase("pads", ["pads": [1, 1, 1, 1]]),
    WindowCase("uneven pads", ["pads": [0, 2, 1, 0]]),
    WindowCase("wide pads", ["pads": [2, 2, 2, 2]]),
    WindowCase("strides", ["pads": [1, 1, 1, 1], "strides": [2, 2]]),
    WindowCase("uneven strides", ["pads": [1, 1, 0, 1], "strides": [1, 3]]),
    WindowCase("strides that leave a rest", kernel: [2, 2], ["strides": [3, 3]]),
    WindowCase("dilations", ["pads": [2, 3, 2, 3], "dilations": [2, 3]]),
    WindowCase(
      "dilations and strides", kernel: [2, 3], ["pads": [1, 1, 1, 1], "dilations": [3, 2], "strides": [2, 1]]),
    WindowCase("rows", kernel: [1, 7], ["pads": [0, 3, 0, 3]]),
    WindowCase("columns", kernel: [7, 1], ["pads": [3, 0, 3, 0]]),
    WindowCase("even kernel", kernel: [4, 2], ["pads": [1, 0, 2, 1]]),
    WindowCase("same, odd one behind", kernel: [4, 3], ["strides": [1, 2]], autoPad: "SAME_UPPER"),
    WindowCase("same, odd one before", kernel: [4, 3], ["strides": [1, 2]], autoPad: "SAME_LOWER"),
    WindowCase("valid", kernel: [5, 3], autoPad: "VALID"),
    WindowCase("whole map", kernel: [11, 13]),
    WindowCase("one pixel", kernel: [1, 1]),
    WindowCase("one pixel of two", kernel: [1, 1], ["strides": [2, 2]]),
    WindowCase("a margin around one pixel", kernel: [1, 1], ["pads": [1, 1, 1, 1]]),
  ]

  /// 3 channels are read as they are given, 20 do not fill their blocks, 32 do; each is read, and made.
  @Test(arguments: windows, [(3, 20), (20, 32), (32, 3)])
  func convolutions(window: WindowCase, channels: (Int, Int)) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: channels, kernel: window.kernel, attributes: window.attributes)
    sketch.add("Relu", "c", to: "y")
    try NetworkCheck(sketch.graph(outputs: ["y"]), image: [channels.0, 11, 13]).expectAll()
  }

  /// Groups of whole blocks, of parts of blocks, and across blocks.
  @Test(arguments: windows, [(32, 64, 2), (20, 20, 5), (36, 40, 2), (20, 40, 20)])
  func groupedConvolutions(window: WindowCase, channels: (Int, Int, Int)) throws {
    var sketch = NetworkSketch()
    sketch.convolution(
      "x", to: "c", channels: (channels.0, channels.1), kernel: window.kernel, groups: channels.2,
      attributes: window.attributes)
    sketch.add("Relu", "c", to: "y")
    try NetworkCheck(sketch.graph(outputs: ["y"]), image: [channels.0, 11, 13]).expectAll()
  }

  @Test(arguments: windows, [3, 20])
  func depthwiseConvolutions(window: WindowCase, channels: Int) throws {
    var sketch = NetworkSketch()
    sketch.convolution(
      "x", to: "c", channels: (channels, channels), kernel: window.kernel, groups: channels,
      attributes: window.attributes)
    sketch.normalization("c", to: "n", channels: channels)
    sketch.add("Relu", "n", to: "y")
    let check = try NetworkCheck(sketch.graph(outputs: ["y"]), image: [channels, 11, 13])
    let hasPlainNodes = try !check.network().plainNodes.isEmpty
    #expect(hasPlainNodes == (window.testDescription == "a margin around one pixel"))
    try check.expectAll()
  }

  /// Extents that Winograd's tiles of four divide, and others, with pads and without.
  @Test(arguments: [1, 3, 4, 8, 13, 14, 28, 30], [0, 1])
  func convolutionsOfThreeByThree(extent: Int, pad: Int64) throws {
    guard extent + 2 * Int(pad) >= 3 else { return }
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (19, 34), attributes: ["pads": .ints([pad, pad, pad, pad])])
    sketch.convolution("c", to: "d", channels: (34, 17), kernel: [1, 1])
    sketch.add("Relu", "d", to: "y")
    try NetworkCheck(sketch.graph(outputs: ["y"]), image: [19, extent, extent + 1]).expectAll()
  }

  /// The same with stride 2 and as many channels as it takes.
  @Test(arguments: [3, 8, 13, 14, 28, 31], [0, 1])
  func convolutionsOfStrideTwo(extent: Int, pad: Int64) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "b", channels: (3, 64), kernel: [1, 1])
    sketch.convolution(
      "b", to: "c", channels: (64, 70), attributes: ["pads": .ints([pad, pad, pad, pad]), "strides": .ints([2, 2])])
    sketch.add("Relu", "c", to: "y")
    try NetworkCheck(sketch.graph(outputs: ["y"]), image: [3, extent, extent + 1]).expectAll()
  }

  /// Groups of several channels, and depthwise ones with two outputs each, between other layers.
  @Test(arguments: [(24, 24, 4), (24, 36, 12), (20, 40, 20)])
  func groupsOfSeveralChannels(inputs: Int, outputs: Int, groups: Int) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "a", channels: (inputs, inputs), kernel: [1, 1])
    sketch.convolution("a", to: "c", channels: (inputs, outputs), groups: groups)
    sketch.add("Relu", "c", to: "r")
    sketch.convolution("r", to: "y", channels: (outputs, 5))
    let check = try NetworkCheck(sketch.graph(outputs: ["y"]), image: [inputs, 9, 8], images: 5)
    #expect(try check.network().plainNodes.isEmpty)
    try check.expectAll()
  }

  static let poolings =
    windows.filter { !$0.testDescription.contains("margin") } + [
      WindowCase("empty windows", kernel: [2, 2], ["dilations": [12, 14], "pads": [2, 2, 2, 2]]),
      WindowCase("wide windows", kernel: [9, 9], ["pads": [8, 8, 8, 8], "strides": [4, 4]]),
    ]

  @Test(arguments: poolings, [0, 1])
  func largestElements(window: WindowCase, ceilMode: Int64) throws {
    var attributes = window.attributes
    attributes["kernel_shape"] = .ints(window.kernel.map(Int64.init))
    attributes["ceil_mode"] = .int(ceilMode)
    try expectPooling("MaxPool", attributes)
  }

  @Test(arguments: poolings, [(0, 0), (0, 1), (1, 0), (1, 1)] as [(Int64, Int64)])
  func means(window: WindowCase, flags: (Int64, Int64)) throws {
    var attributes = window.attributes
    attributes["kernel_shape"] = .ints(window.kernel.map(Int64.init))
    attributes["ceil_mode"] = .int(flags.0)
    attributes["count_include_pad"] = .int(flags.1)
    try expectPooling("AveragePool", attributes)
  }

  /// Between two convolutions, of which the second reads over the edges.
  private func expectPooling(_ operatorName: String, _ attributes: [String: Attribute]) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (3, 20), kernel: [1, 1])
    sketch.add(operatorName, "c", to: "p", attributes: attributes)
    sketch.convolution("p", to: "y", channels: (20, 3))
    try NetworkCheck(sketch.graph(outputs: ["y"], opset: 19), image: [3, 11, 13]).expectAll()
  }
}
