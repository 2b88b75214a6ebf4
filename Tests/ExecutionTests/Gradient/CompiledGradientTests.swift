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
    return try sketch.graph(outputs: ["mean"])
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
    let compiled = try network.record(picture, for: plan, program: network.program(for: plan))
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

  @Test func sameBitsForAnyNumberOfThreads() throws {
    let graph = try CompiledGradientTests.network { sketch in
      sketch.convolution("x", to: "a", channels: (3, 32))
      sketch.add("Relu", "a", to: "ar")
      sketch.convolution(
        "ar", to: "b", channels: (32, 32),
        attributes: [
          "pads": .ints([1, 1, 1, 1]), "strides": .ints([2, 2]),
        ])
      return "b"
    }
    let shape = try Shape([1, 3, 30, 30])
    var results: [[Float]] = []
    for threads in [1, 2, 5] {
      let session = try Session(graph: graph, pool: ThreadPool(threadCount: threads))
      let plan = try GradientPlan(session, of: graph.outputs[0], withRespectTo: graph.inputs)
      let network = try CompiledNetwork(session, input: graph.inputs[0], imageShape: shape)
      let tape = try network.record(
        Tensor(shape, noise(shape.count)), for: plan, program: network.program(for: plan))
      results.append(try tape.gradients(seed: tape.seed([1, 0, 0]))[graph.inputs[0]]!.elements(of: Float.self))
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }
}

extension Graph {
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
