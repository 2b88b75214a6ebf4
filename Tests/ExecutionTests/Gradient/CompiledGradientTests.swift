import Execution
import GraphIR
import Kernels
import Tensors
import TestSupport
import Testing

/// Gradients of float32 networks by convolutions of gradients, against the plain rules in double precision.
struct CompiledGradientTests {
  /// Convolutions of all kinds between a picture and scores.
  private static func network(_ build: (inout NetworkSketch) -> String) throws -> Graph {
    var sketch = NetworkSketch()
    let last = build(&sketch)
    sketch.add("GlobalAveragePool", last, to: "mean")
    return try sketch.graph(outputs: ["mean"], opset: 14)
  }

  /// The gradient of score 1 with respect to `x` and to `values`, plain, compiled and in double precision.
  private func check(_ graph: Graph, image: [Int], values: [String] = []) throws {
    let shape = try Shape([1] + image)
    let elements = noise(shape.count)
    let wanted = [graph.inputs[0]] + values.map { graph.value(named: $0)! }
    let doubled = try graph.inDoublePrecision()
    let exact = try Session(graph: doubled, pool: NetworkCheck.pool).gradients(
      of: doubled.outputs[0], at: [1, 0, 0], withRespectTo: wanted,
      inputs: [doubled.inputs[0]: Tensor(shape, elements.map(Double.init))])
    let session = try Session(graph: graph, pool: NetworkCheck.pool)
    let plan = try GradientPlan(session, of: graph.outputs[0], withRespectTo: wanted)
    let picture = Tensor(shape, elements)
    let plain = try session.record([graph.inputs[0]: picture], for: plan)
    let network = try CompiledNetwork(session, input: graph.inputs[0], imageShape: shape)
    let compiled = try GradientProgram(network, plan).record(picture)
    for tape in [plain, compiled] {
      let gradients = try tape.gradients(seed: tape.seed([1, 0, 0]))
      for value in wanted {
        let expected = exact[value]!.elements(of: Double.self)
        let found = gradients[value]!.elements(of: Float.self)
        let largest = expected.reduce(0) { max($0, abs($1)) }
        let difference = zip(expected, found).reduce(0) { max($0, abs($1.0 - Double($1.1))) }
        #expect(difference <= 1e-4 * largest && largest > 0, "\(graph.name(of: value)): \(difference) of \(largest)")
      }
    }
  }

  @Test func residualBlocks() throws {
    let graph = try CompiledGradientTests.network { sketch in
      sketch.convolution(
        "x", to: "a", channels: (3, 20), kernel: [7, 7],
        attributes: [
          "pads": .ints([3, 3, 3, 3]), "strides": .ints([2, 2]),
        ])
      sketch.add("Relu", "a", to: "ar")
      sketch.add(
        "MaxPool", "ar", to: "p",
        attributes: ["kernel_shape": .ints([3, 3]), "strides": .ints([2, 2]), "pads": .ints([1, 1, 1, 1])])
      sketch.convolution("p", to: "b", channels: (20, 24))
      sketch.normalization("b", to: "bn", channels: 24)
      sketch.add("Relu", "bn", to: "br")
      sketch.convolution("br", to: "c", channels: (24, 20))
      sketch.add("Add", "c", "p", to: "s")
      sketch.add("Relu", "s", to: "sr")
      sketch.convolution(
        "sr", to: "d", channels: (20, 36),
        attributes: [
          "pads": .ints([1, 1, 1, 1]), "strides": .ints([2, 2]),
        ])
      sketch.convolution(
        "sr", to: "e", channels: (20, 36), kernel: [1, 1], attributes: ["strides": .ints([2, 2])])
      sketch.add("Add", "d", "e", to: "y")
      return "y"
    }
    try check(graph, image: [3, 33, 38], values: ["p", "sr", "d"])
  }

  @Test func groupedConvolutions() throws {
    let graph = try CompiledGradientTests.network { sketch in
      sketch.convolution("x", to: "a", channels: (3, 24), kernel: [1, 1])
      sketch.convolution("a", to: "b", channels: (24, 24), groups: 24)
      sketch.add("Sigmoid", "b", to: "bs")
      sketch.add("Mul", "b", "bs", to: "bm")
      sketch.convolution(
        "bm", to: "c", channels: (24, 24), kernel: [5, 3], groups: 24,
        attributes: [
          "pads": .ints([2, 1, 2, 1]), "strides": .ints([2, 2]),
        ])
      sketch.convolution("c", to: "d", channels: (24, 16), groups: 4)
      sketch.convolution(
        "d", to: "e", channels: (16, 12),
        attributes: [
          "pads": .ints([2, 2, 2, 2]), "dilations": .ints([2, 2]),
        ])
      sketch.convolution("e", to: "f", channels: (12, 8), kernel: [3, 2], attributes: ["strides": .ints([3, 1])])
      return "f"
    }
    try check(graph, image: [3, 19, 22], values: ["a", "d"])
  }

  /// Windows that both leave gaps and are dilated, and padding beyond the kernel, are left to the plain rule.
  @Test func unusualWindows() throws {
    let graph = try CompiledGradientTests.network { sketch in
      sketch.convolution(
        "x", to: "a", channels: (3, 8),
        attributes: [
          "strides": .ints([2, 2]), "dilations": .ints([2, 2]),
        ])
      sketch.convolution("a", to: "b", channels: (8, 8), kernel: [2, 2], attributes: ["pads": .ints([3, 0, 0, 4])])
      return "b"
    }
    try check(graph, image: [3, 17, 18])
  }

  /// Inverted residuals with squeeze and excitation: each activation in one node and in two, fused and by itself.
  @Test func gatedBlocks() throws {
    let graph = try CompiledGradientTests.network { sketch in
      sketch.convolution(
        "x", to: "a", channels: (3, 20), attributes: ["pads": .ints([0, 0, 1, 1]), "strides": .ints([2, 2])])
      sketch.add("HardSwish", "a", to: "ah")
      sketch.convolution("ah", to: "b", channels: (20, 40), kernel: [1, 1])
      sketch.add("Sigmoid", "b", to: "bs")
      sketch.add("Mul", "b", "bs", to: "bm")
      sketch.convolution(
        "bm", to: "c", channels: (40, 40), kernel: [5, 5], groups: 40,
        attributes: ["pads": .ints([2, 2, 2, 2]), "strides": .ints([2, 2])])
      sketch.add("HardSigmoid", "c", to: "cs", attributes: ["alpha": .float(1 / 6)])
      sketch.add("Mul", "cs", "c", to: "cm")
      sketch.add("GlobalAveragePool", "cm", to: "p")
      sketch.convolution("p", to: "q", channels: (40, 8), kernel: [1, 1])
      sketch.add("Relu", "q", to: "qr")
      sketch.convolution("qr", to: "s", channels: (8, 40), kernel: [1, 1])
      sketch.add("Sigmoid", "s", to: "ss")
      sketch.add("Mul", "ss", "cm", to: "e")
      sketch.convolution("e", to: "f", channels: (40, 24), kernel: [1, 1])
      sketch.normalization("f", to: "fn", channels: 24)
      sketch.convolution("fn", to: "g", channels: (24, 24))
      sketch.add("LeakyRelu", "g", to: "gl", attributes: ["alpha": .float(0.1)])
      sketch.add("Mul", "gl", "fn", to: "h")
      sketch.add("Add", "h", "fn", to: "y")
      return "y"
    }
    try check(graph, image: [3, 41, 52], values: ["ah", "p", "e"])
    // What lies between the two nodes of an activation is asked for itself.
    try check(graph, image: [3, 41, 52], values: ["b", "bs", "cs"])
  }

  /// Densely connected layers and branches of different pooling, of channels that fill no blocks, too.
  @Test func concatenations() throws {
    let graph = try CompiledGradientTests.network { sketch in
      sketch.convolution("x", to: "a", channels: (3, 32), attributes: ["strides": .ints([2, 2])])
      sketch.add("Relu", "a", to: "ar")
      sketch.convolution("ar", to: "b", channels: (32, 16))
      sketch.add("Concat", "ar", "b", to: "ab", attributes: ["axis": .int(1)])
      sketch.normalization("ab", to: "abn", channels: 48)
      sketch.add("Relu", "abn", to: "abr")
      sketch.convolution("abr", to: "c", channels: (48, 16))
      sketch.add("Concat", "ar", "b", "c", to: "abc", attributes: ["axis": .int(1)])
      sketch.normalization("abc", to: "abcn", channels: 64)
      sketch.add("Relu", "abcn", to: "abcr")
      sketch.convolution("abcr", to: "d", channels: (64, 12), kernel: [1, 1])
      sketch.add(
        "AveragePool", "d", to: "dp", attributes: ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])])
      sketch.convolution("dp", to: "e", channels: (12, 10))
      sketch.add(
        "AveragePool", "dp", to: "f",
        attributes: [
          "kernel_shape": .ints([3, 3]), "pads": .ints([1, 1, 1, 1]), "count_include_pad": .int(1),
        ])
      sketch.add(
        "AveragePool", "dp", to: "g", attributes: ["kernel_shape": .ints([3, 3]), "pads": .ints([1, 1, 1, 1])])
      sketch.add(
        "MaxPool", "dp", to: "h", attributes: ["kernel_shape": .ints([3, 3]), "pads": .ints([1, 1, 1, 1])])
      sketch.add("Concat", "e", "f", "g", "h", to: "i", attributes: ["axis": .int(1)])
      sketch.convolution("i", to: "y", channels: (46, 16), kernel: [1, 1])
      return "y"
    }
    try check(graph, image: [3, 45, 46])
    try check(graph, image: [3, 45, 46], values: ["ar", "ab", "c", "i"])
  }

  /// Channels cut in two, of which one half goes by the convolutions, and shuffled. The first score is a product of a
  /// channel of either half.
  @Test func shuffledChannels() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "a", channels: (3, 20), attributes: ["strides": .ints([2, 2])])
    var nodes: [TestNode] = [
      ("Conv", ["x", "w_a", "b_a"], ["a"], ["strides": .ints([2, 2])]),
      ("Split", ["a", "halves"], ["l", "r"], ["axis": .int(1)]),
    ]
    // The sketch gives the weights alone: its nodes have one output each.
    sketch.convolution("a", to: "c", channels: (10, 10))
    nodes += [
      ("Conv", ["r", "w_c", "b_c"], ["c"], ["pads": .ints([1, 1, 1, 1])]), ("Relu", ["c"], ["cr"], [:]),
      ("Concat", ["l", "cr"], ["d"], ["axis": .int(1)]), ("Reshape", ["d", "grouped"], ["e"], [:]),
      ("Transpose", ["e"], ["f"], ["perm": .ints([0, 2, 1, 3, 4])]), ("Reshape", ["f", "whole"], ["g"], [:]),
      ("Split", ["g", "parts"], ["h", "i", "j"], ["axis": .int(1)]), ("Mul", ["h", "j"], ["k"], [:]),
      ("Concat", ["k", "i"], ["m"], ["axis": .int(1)]), ("GlobalAveragePool", ["m"], ["mean"], [:]),
    ]
    let side = Int64(24)
    var constants = try sketch.graph(outputs: ["a"]).namedInitializers
    constants["halves"] = Tensor(try Shape([2]), [Int64(10), 10])
    constants["parts"] = Tensor(try Shape([3]), [Int64(7), 6, 7])
    constants["grouped"] = Tensor(try Shape([5]), [Int64(1), 2, 10, side, side])
    constants["whole"] = Tensor(try Shape([4]), [Int64(1), 20, side, side])
    let graph = try Graph(nodes, inputs: ["x": nil], outputs: ["mean"], initializers: constants, opset: 14)
    try check(graph, image: [3, 50, 50])
    try check(graph, image: [3, 50, 50], values: ["e", "g", "r", "h"])
  }

  /// Channels that several Slices take, one of them some that another takes too, and channels that none takes.
  @Test(arguments: [(0, 20), (4, 20), (0, 9), (12, 30)])
  func slicedChannels(start: Int64, end: Int64) throws {
    let graph = try CompiledGradientTests.network { sketch in
      sketch.convolution("x", to: "a", channels: (3, 40))
      sketch.constant("axes", Tensor(try! Shape([1]), [Int64(1)]))
      for (name, bound) in [("start", start), ("end", end), ("twenty", 20), ("last", .max)] {
        sketch.constant(name, Tensor(try! Shape([1]), [bound]))
      }
      sketch.add("Slice", "a", "start", "end", "axes", to: "l")
      sketch.add("Slice", "a", "twenty", "last", "axes", to: "r")
      sketch.convolution("l", to: "c", channels: (Int(end - start), 20))
      sketch.add("Mul", "c", "r", to: "m")
      sketch.convolution("m", to: "s", channels: (20, 10))
      return "s"
    }
    try check(graph, image: [3, 17, 18])
    try check(graph, image: [3, 17, 18], values: ["a", "l", "r"])
  }

  /// Large enough that threads make bands of rows.
  @Test func stridesOfLargeMaps() throws {
    let graph = try CompiledGradientTests.network { sketch in
      sketch.convolution("x", to: "a", channels: (3, 32), kernel: [1, 1])
      sketch.constant("low", scalar(-0.9))
      sketch.constant("high", scalar(0.7))
      sketch.add("Clip", "a", "low", "high", to: "ar")
      sketch.convolution(
        "ar", to: "b", channels: (32, 32), groups: 32,
        attributes: ["pads": .ints([1, 1, 1, 1]), "strides": .ints([2, 2])])
      sketch.convolution(
        "b", to: "c", channels: (32, 20), kernel: [5, 4],
        attributes: ["pads": .ints([2, 1, 2, 2]), "strides": .ints([3, 2])])
      sketch.convolution("c", to: "d", channels: (20, 16), kernel: [1, 1], attributes: ["strides": .ints([2, 3])])
      return "d"
    }
    try check(graph, image: [3, 97, 120])
  }

  /// At a Relu the gradient passes where it is positive itself; at a Clip it does not matter.
  @Test func guidedAsThePlainRules() throws {
    let graph = try CompiledGradientTests.network { sketch in
      sketch.convolution("x", to: "a", channels: (3, 20))
      sketch.add("Relu", "a", to: "ar")
      sketch.convolution("ar", to: "b", channels: (20, 20))
      sketch.add("Clip", "b", "low", "high", to: "br")
      sketch.constant("low", scalar(0))
      sketch.constant("high", scalar(1))
      sketch.convolution("br", to: "c", channels: (20, 20))
      sketch.add("Relu", "c", to: "y")
      return "y"
    }
    let shape = try Shape([1, 3, 20, 23])
    let session = try Session(graph: graph, pool: NetworkCheck.pool)
    let plan = try GradientPlan(
      session, of: graph.outputs[0], withRespectTo: graph.inputs, options: GradientOptions(rectification: .guided))
    let picture = Tensor(shape, noise(shape.count))
    let plain = try session.record([graph.inputs[0]: picture], for: plan)
    let network = try CompiledNetwork(session, input: graph.inputs[0], imageShape: shape)
    let compiled = try GradientProgram(network, plan).record(picture)
    let results = try [plain, compiled].map { tape in
      try tape.gradients(seed: tape.seed([1, 0, 0]))[graph.inputs[0]]!.elements(of: Float.self)
    }
    let largest = results[0].reduce(0) { max($0, abs($1)) }
    let difference = zip(results[0], results[1]).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(difference <= 1e-5 * largest && largest > 0, "\(difference) of \(largest)")
  }

  @Test func sameBitsForAnyNumberOfThreads() throws {
    let graph = try CompiledGradientTests.network { sketch in
      sketch.convolution("x", to: "a", channels: (3, 32))
      sketch.add("Relu", "a", to: "ar")
      sketch.add(
        "MaxPool", "ar", to: "p", attributes: ["kernel_shape": .ints([3, 3]), "pads": .ints([1, 1, 1, 1])])
      sketch.convolution(
        "p", to: "b", channels: (32, 32),
        attributes: [
          "pads": .ints([1, 1, 1, 1]), "strides": .ints([2, 2]),
        ])
      sketch.add("Sigmoid", "b", to: "bs")
      sketch.add("Mul", "b", "bs", to: "y")
      return "y"
    }
    let shape = try Shape([1, 3, 70, 70])
    var results: [[Float]] = []
    for (threads, isShared) in [(1, true), (2, true), (5, true), (1, false), (3, false)] {
      let session = try Session(graph: graph, pool: ThreadPool(threadCount: threads))
      let plan = try GradientPlan(session, of: graph.outputs[0], withRespectTo: graph.inputs)
      let network = try CompiledNetwork(session, input: graph.inputs[0], imageShape: shape)
      let tape = try GradientProgram(network, plan).record(
        Tensor(shape, noise(shape.count)), isShared: isShared)
      results.append(try tape.gradients(seed: tape.seed([1, 0, 0]))[graph.inputs[0]]!.elements(of: Float.self))
    }
    #expect(results.allSatisfy { $0 == results[0] } && results[0].contains { $0 != 0 })
  }
}

private func scalar(_ value: Float) -> Tensor { Tensor(try! Shape([]), [value]) }

extension Graph {
  fileprivate var namedInitializers: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: initializers.map { (name(of: $0), $1) })
  }

  /// The graph with weights of double precision.
  fileprivate func inDoublePrecision() throws -> Graph {
    try Graph(
      name: name, values: values.map { Value(name: $0.name) }, inputs: inputs, outputs: outputs,
      initializers: initializers.mapValues { tensor in
        tensor.elementType == .float32
          ? Tensor(tensor.shape, tensor.elements(of: Float.self).map { Double($0) }) : tensor
      }, nodes: nodes, opsets: opsets)
  }
}
