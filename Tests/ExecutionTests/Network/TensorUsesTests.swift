import GraphIR
import Kernels
import Tensors
import TestSupport
import Testing

@testable import Execution

@Suite("Tensors of a program")
struct TensorUsesTests {
  @Test("A tensor's memory is used again once nobody reads it")
  func memory() throws {
    var network = NetworkSketch()
    let count = 24
    for index in 0..<count {
      network.add(
        "Transpose", index == 0 ? "x" : "t\(index)", to: "t\(index + 1)", attributes: ["perm": .ints([0, 2, 1])])
    }
    let graph = try network.graph(outputs: ["t\(count)"])
    let pool = ThreadPool(threadCount: 1)
    let compiled = try CompiledNetwork(
      Session(graph: graph, pool: pool), input: graph.inputs[0], imageShape: Shape([1, 64, 64]))
    let program = compiled.program()
    _ = try program.run(Tensor.noise(4, 64, 64))
    let bytesOfOne = 4 * 64 * 64 * 4
    #expect(program.allocator.peakBytes <= 4 * bytesOfOne)
  }

  @Test("As many images run at a time as fit a cache")
  func batches() throws {
    var network = NetworkSketch()
    network.add("Transpose", "x", to: "y", attributes: ["perm": .ints([0, 2, 1])])
    let graph = try network.graph(outputs: ["y"])
    func imagesPerBatch(_ extent: Int) throws -> Int {
      try CompiledNetwork(
        Session(graph: graph, pool: NetworkCheck.pool), input: graph.inputs[0], imageShape: Shape([1, extent, extent])
      ).program().imagesPerBatch
    }
    // 2 · 1024² floats are 8 MiB, a quarter of what is allowed.
    #expect(try imagesPerBatch(1024) == 4)
    #expect(try imagesPerBatch(4096) == 1)
    #expect(try imagesPerBatch(8) == Program.largestBatch)
  }

  @Test("Threads share a pass over many weights, to the same bits")
  func manyWeights() throws {
    var network = NetworkSketch()
    network.constant("w", Tensor.noise(4096, 4100, seed: 2))
    network.add("Flatten", "x", to: "flat")
    network.add("MatMul", "flat", "w", to: "y")
    let check = try NetworkCheck(network.graph(outputs: ["y"]), image: [1, 64, 64], images: 5)
    #expect(try check.network(threads: 2).program().sharesBatches)
    #expect(try !check.network(threads: 1).program().sharesBatches)
    try check.expectSameBits(fetching: [check.graph.outputs])
  }
}
