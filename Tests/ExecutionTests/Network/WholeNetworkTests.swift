import Execution
import GraphIR
import Kernels
import Tensors
import TestSupport
import Testing

/// Small networks from the image to the classes.
struct WholeNetworkTests {
  /// A residual network of two blocks with a map large enough to run image by image, and two that are smaller.
  private func residual(channels: Int) throws -> Graph {
    var sketch = NetworkSketch()
    sketch.convolution(
      "x", to: "c", channels: (channels, 24), kernel: [7, 7],
      attributes: ["pads": .ints([3, 3, 3, 3]), "strides": .ints([1, 1])])
    sketch.normalization("c", to: "n", channels: 24)
    sketch.add("Relu", "n", to: "r")
    sketch.add(
      "MaxPool", "r", to: "p",
      attributes: ["kernel_shape": .ints([3, 3]), "pads": .ints([1, 1, 1, 1]), "strides": .ints([2, 2])])
    sketch.convolution("p", to: "a", channels: (24, 24))
    sketch.add("Relu", "a", to: "ar")
    sketch.convolution("ar", to: "b", channels: (24, 24))
    sketch.add("Add", "b", "p", to: "s")
    sketch.add("Relu", "s", to: "sr")
    sketch.convolution(
      "sr", to: "d", channels: (24, 40), attributes: ["pads": .ints([1, 1, 1, 1]), "strides": .ints([2, 2])])
    sketch.normalization("d", to: "dn", channels: 40)
    sketch.convolution("sr", to: "e", channels: (24, 40), kernel: [1, 1], attributes: ["strides": .ints([2, 2])])
    sketch.add("Add", "dn", "e", to: "t")
    sketch.add("Relu", "t", to: "tr")
    sketch.head("tr", to: "y", channels: 40, classes: 7)
    return try sketch.graph(outputs: ["y"])
  }

  /// Images of up to four channels are read as they are given, others are not.
  @Test(arguments: 1...5)
  func imagesOfAnyChannels(channels: Int) throws {
    try NetworkCheck(residual(channels: channels), image: [channels, 43, 41], images: 3).expectAll()
  }

  /// So many images that a thread takes them in several passes, and the last pass is shorter.
  @Test(arguments: [7, 32, 67])
  func batches(count: Int) throws {
    let check = try NetworkCheck(residual(channels: 3), image: [3, 41, 45], images: count)
    let hidden = ["n", "r", "s", "dn"].map { check.graph.value(named: $0)! }
    try check.expectAgreement(arithmetic: .fast)
    try check.expectSameBits(fetching: [check.graph.outputs, check.graph.outputs + hidden])
  }

  /// A program keeps the memory of its last run: what was there must not matter.
  @Test func runsOneAfterTheOther() throws {
    let check = try NetworkCheck(residual(channels: 3), image: [3, 15, 17], images: 5)
    let output = check.graph.outputs[0]
    let program = try check.network().program()
    let whole = try #require(program.run(check.images)[output])
    let other = try NetworkCheck(residual(channels: 3), image: [3, 15, 17], images: 5) { count in
      noise(count, seed: 9).map { $0 * 1e6 }
    }
    _ = try program.run(other.images)
    _ = try program.run(other.images.rows(0..<1))
    #expect(try program.run(check.images)[output]?.isSame(as: whole) == true)
    #expect(try program.run(check.images.rows(3..<4))[output]?.isSame(as: whole.rows(3..<4)) == true)
  }

  /// Runs of one program at the same time have memory of their own.
  @Test func runsAtTheSameTime() async throws {
    let check = try NetworkCheck(residual(channels: 3), image: [3, 15, 17], images: 6)
    let program = try check.network().program()
    let output = check.graph.outputs[0]
    let whole = try #require(program.run(check.images)[output])
    let images = check.images
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for index in 0..<24 {
        group.addTask {
          let image = index % 6..<index % 6 + 1
          return try program.run(images.rows(image))[output]?.isSame(as: whole.rows(image)) == true
        }
      }
      for try await isSame in group { #expect(isSame) }
    }
  }

  @Test(arguments: [true, false], [["axes as attribute"], ["axes as input"]])
  func meansByReduction(keepsAxes: Bool, form: [String]) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (3, 20))
    let keep: [String: Attribute] = ["keepdims": .int(keepsAxes ? 1 : 0)]
    if form == ["axes as input"] {
      sketch.constant("axes", Tensor(try Shape([2]), [Int64(-1), 2]))
      sketch.add("ReduceMean", "c", "axes", to: "m", attributes: keep)
    } else {
      sketch.add("ReduceMean", "c", to: "m", attributes: keep.merging(["axes": .ints([2, 3])]) { $1 })
    }
    sketch.add("Flatten", "m", to: "y")
    let graph = try sketch.graph(outputs: ["y"], opset: form == ["axes as input"] ? 18 : 13)
    let check = try NetworkCheck(graph, image: [3, 9, 7])
    #expect(try check.network().plainNodes.map(\.node) == ["ny"])
    try check.expectAll()
  }

  /// One axis, or the channels, are no global mean.
  @Test(arguments: [[2], [3], [1], [1, 2, 3]])
  func otherMeansStayPlain(axes: [Int64]) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (3, 20))
    sketch.add("ReduceMean", "c", to: "y", attributes: ["axes": .ints(axes)])
    let check = try NetworkCheck(sketch.graph(outputs: ["y"]), image: [3, 9, 7])
    #expect(try check.network().plainNodes.map(\.node) == ["ny"])
    try check.expectAll()
  }

  /// Factors for each channel from the means of all: a product that is no layer between layers that are.
  @Test func squeezeAndExcitation() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (3, 24))
    sketch.add("GlobalAveragePool", "c", to: "m")
    sketch.convolution("m", to: "a", channels: (24, 6), kernel: [1, 1])
    sketch.add("Relu", "a", to: "r")
    sketch.convolution("r", to: "b", channels: (6, 24), kernel: [1, 1])
    sketch.add("Sigmoid", "b", to: "s")
    sketch.add("Mul", "c", "s", to: "p")
    sketch.convolution("p", to: "d", channels: (24, 20))
    sketch.head("d", to: "y", channels: 20, classes: 3)
    try NetworkCheck(sketch.graph(outputs: ["y"]), image: [3, 9, 7], images: 5).expectAll()
  }

  @Test func copiesAreNoWork() throws {
    var sketch = NetworkSketch()
    sketch.add("Identity", "x", to: "i")
    sketch.convolution("i", to: "c", channels: (3, 20))
    sketch.add("Dropout", "c", to: "o")
    sketch.add("Relu", "o", to: "r")
    sketch.add("Identity", "r", to: "j")
    sketch.add("Add", "j", "o", to: "y")
    let check = try NetworkCheck(sketch.graph(outputs: ["y", "j"], opset: 12), image: [3, 9, 7])
    #expect(try check.network().plainNodes.isEmpty)
    try check.expectAll()
  }

  @Test func networksWithoutConvolutions() throws {
    var maps = NetworkSketch()
    maps.add("Relu", "x", to: "r")
    maps.head("r", to: "y", channels: 5, classes: 3)
    try NetworkCheck(maps.graph(outputs: ["y"]), image: [5, 6, 4], images: 5).expectAll()
    var vectors = NetworkSketch()
    vectors.constant("w", .noise(12, 4))
    vectors.add("MatMul", "x", "w", to: "m")
    vectors.add("Relu", "m", to: "y")
    let check = try NetworkCheck(vectors.graph(outputs: ["y"]), image: [12], images: 5)
    #expect(try check.network().plainNodes.count == 2)
    try check.expectAll()
  }

  /// A reshape that takes one image alone.
  @Test func imagesOneByOne() throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "c", channels: (3, 20))
    sketch.constant("shape", Tensor(try Shape([2]), [Int64(1), -1]))
    sketch.add("Reshape", "c", "shape", to: "f")
    sketch.constant("w", .noise(20 * 30, 4))
    sketch.add("MatMul", "f", "w", to: "y")
    let check = try NetworkCheck(sketch.graph(outputs: ["y"]), image: [3, 6, 5], images: 5, anyBatch: false)
    for arithmetic in CompiledNetwork.Arithmetic.allCases {
      try check.expectAgreement(arithmetic: arithmetic, imagesPerThread: 1)
    }
    try check.expectSameBits(anyBatch: false)
  }

  /// Constants are there once, not once for each image or thread.
  @Test(arguments: [1, 2, 3])
  func constantsMayBeFetched(threads: Int) throws {
    var sketch = NetworkSketch()
    sketch.convolution("x", to: "y", channels: (3, 20))
    let check = try NetworkCheck(sketch.graph(outputs: ["y"]), image: [3, 6, 5], images: 5)
    let bias = try #require(check.graph.value(named: "b_y"))
    let results = try check.network(threads: threads).program(fetching: [bias, check.graph.outputs[0]])
      .run(check.images)
    #expect(try results[bias]?.isSame(as: #require(check.graph.initializers[bias])) == true)
    #expect(results[check.graph.outputs[0]]?.shape.dimensions == [5, 20, 6, 5])
  }
}
