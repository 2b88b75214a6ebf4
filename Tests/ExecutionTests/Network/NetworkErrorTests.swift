import Execution
import GraphIR
import Kernels
import Synchronization
import Tensors
import TestSupport
import Testing

/// How compiled networks end early.
struct NetworkErrorTests {
  private struct Refusal: Error {}

  /// A convolution and a plain node that picks an element by a number that the image holds.
  private func picking() throws -> Graph {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (1, 4), kernel: [1, 1])
    sketch.add("ReduceMax", "x", to: "m", attributes: ["keepdims": .int(0)])
    sketch.add("Cast", "m", to: "i", attributes: ["to": .int(7)])
    sketch.add("Gather", "c", "i", to: "y", attributes: ["axis": .int(3)])
    return try sketch.graph(outputs: ["y"])
  }

  @Test(arguments: [1, 2, 3])
  func theNodeThatFailsIsNamed(threads: Int) throws {
    let check = try NetworkCheck(picking(), image: [1, 2, 2], images: 9) { [Float](repeating: 1, count: $0) }
    let program = try check.network(threads: threads).program()
    #expect(try program.run(check.images, imagesPerThread: 1).count == 1)
    let error = #expect(throws: ExecutionError.self) {
      try program.run(images: 9, imagesPerThread: 1) { index, image in
        image.update(repeating: index == 6 ? 2 : 1)
      }
    }
    #expect(error?.nodes.map(\.node) == ["ny"])
    #expect(error?.nodes.map(\.operatorName) == ["Gather"])
    // The next run is as good as any.
    #expect(try program.run(check.images, imagesPerThread: 1).count == 1)
  }

  /// Extents that a file can declare and no machine can hold.
  @Test func imagesBeyondTheMemoryAreRefused() throws {
    var sketch = NetworkSketch()
    sketch.add("Relu", "x", to: "y")
    let session = try Session(graph: sketch.graph(outputs: ["y"]), pool: NetworkCheck.pool)
    let error = #expect(throws: ExecutionError.self) {
      try CompiledNetwork(session, input: session.graph.inputs[0], imageShape: Shape([1, 3, 1 << 28, 1 << 28]))
    }
    #expect(error?.kind == .resourceLimit)
  }

  /// A layer whose padding makes more than any machine can hold, before a node that is no layer.
  @Test func valuesBeyondTheMemoryAreRefused() throws {
    var sketch = NetworkSketch()
    let pads = [Int64](repeating: 1 << 24, count: 4)
    sketch.convolution("x", to: "p", channels: (3, 3), kernel: [1, 1], attributes: ["pads": .ints(pads)])
    sketch.add("Softmax", "p", to: "y")
    let session = try Session(graph: sketch.graph(outputs: ["y"]), pool: NetworkCheck.pool)
    #expect(throws: (any Error).self) {
      try CompiledNetwork(session, input: session.graph.inputs[0], imageShape: Shape([1, 3, 1, 1]))
    }
  }

  @Test func aNodeThatFailsOnAnyImageIsNamedAtOnce() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (3, 4))
    sketch.constant("shape", Tensor(try Shape([1]), [Int64(7)]))
    sketch.add("Reshape", "c", "shape", to: "y")
    let session = try Session(graph: sketch.graph(outputs: ["y"]), pool: NetworkCheck.pool)
    let error = #expect(throws: ExecutionError.self) {
      try CompiledNetwork(session, input: session.graph.inputs[0], imageShape: Shape([1, 3, 4, 4]))
    }
    #expect(error?.nodes.map(\.node) == ["ny"])
  }

  @Test func anImageOfOtherChannelsThanTheWeightsIsRefused() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "y", channels: (3, 4))
    let session = try Session(graph: sketch.graph(outputs: ["y"]), pool: NetworkCheck.pool)
    let error = #expect(throws: ExecutionError.self) {
      try CompiledNetwork(session, input: session.graph.inputs[0], imageShape: Shape([1, 5, 4, 4]))
    }
    #expect(error?.kind == .mismatched)
    #expect(error?.nodes.map(\.node) == ["ny"])
  }

  @Test(arguments: [1, 4])
  func featureMapsKeepToTheMemoryLimit(images: Int) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (3, 64))
    sketch.head("c", to: "y", channels: 64, classes: 2)
    let check = try NetworkCheck(sketch.graph(outputs: ["y"]), image: [3, 64, 64], images: images)
    // The image alone takes more; rows between the layers might be made as they are needed.
    let program = try check.network(memoryLimit: 3 * 64 * 64 * 4 - 1).program()
    let error = #expect(throws: ExecutionError.self) { try program.run(check.images) }
    #expect(error?.kind == .resourceLimit)
    #expect(error?.message.contains("feature maps") == true)
    #expect(try check.network(memoryLimit: 8 << 20).program().run(check.images).count == 1)
  }

  @Test func tensorsKeepToTheMemoryLimit() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (1, 1), kernel: [1, 1])
    sketch.add("Sigmoid", "c", to: "s")
    sketch.add("Concat", "s", "s", "s", "s", to: "y", attributes: ["axis": .int(0)])
    let check = try NetworkCheck(sketch.graph(outputs: ["y"]), image: [1, 32, 32], images: 1)
    let session = try Session(graph: check.graph, pool: NetworkCheck.pool, memoryLimit: 20_000)
    let error = #expect(throws: ExecutionError.self) {
      let network = try CompiledNetwork(session, input: check.graph.inputs[0], imageShape: check.imageShape)
      _ = try network.program().run(check.images)
    }
    #expect(error?.kind == .resourceLimit)
  }

  @Test(arguments: [[2, 3, 4, 5], [2, 3, 5, 4, 1], [2, 1, 5, 4], [0, 3, 5, 4], [3, 5, 4]])
  func imagesOfAnotherShapeAreRefused(shape: [Int]) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "y", channels: (3, 4))
    let check = try NetworkCheck(sketch.graph(outputs: ["y"]), image: [3, 5, 4])
    let program = try check.network().program()
    let shape = try Shape(shape)
    let error = #expect(throws: ExecutionError.self) { try program.run(Tensor(shape, noise(shape.count))) }
    #expect(error?.kind == .mismatched)
    #expect(error?.description.contains("'x'") == true)
    #expect(throws: ExecutionError.self) {
      try program.run(Tensor(Shape([1, 3, 5, 4]), [Double](repeating: 0, count: 60)))
    }
  }

  /// Each image is asked for once, and what its giver throws comes out.
  @Test(arguments: [1, 2, 3], [1, 2, 9])
  func imagesAreAskedForOnce(threads: Int, images: Int) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (3, 4))
    sketch.add("Relu", "c", to: "y")
    let check = try NetworkCheck(sketch.graph(outputs: ["y"]), image: [3, 41, 40])
    let network = try check.network(threads: threads)
    // With the input fetched too, images are also needed as a tensor.
    for values in [check.graph.outputs, check.graph.outputs + check.graph.inputs] {
      let program = network.program(fetching: values)
      let asked = Mutex([Int]())
      _ = try program.run(images: images) { index, image in
        asked.withLock { $0.append(index) }
        image.update(repeating: 0)
      }
      #expect(asked.withLock { $0.sorted() } == Array(0..<images))
      #expect(throws: Refusal.self) {
        try program.run(images: images) { index, image in
          image.update(repeating: 0)
          if index == images - 1 { throw Refusal() }
        }
      }
    }
  }
}
