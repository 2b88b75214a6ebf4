import Execution
import GraphIR
import Kernels
import Tensors
import TestSupport
import Testing

/// Steps, their work and their time, for a small network whose figures are worked out by hand.
struct ProgramProfileTests {
  private let shape = try! Shape([1, 3, 8, 8])

  private func network(threads: Int) throws -> CompiledNetwork {
    func weights(_ extents: Int...) throws -> Tensor {
      let shape = try Shape(extents)
      return Tensor(shape, (0..<shape.count).map { Float($0 % 7 - 3) * 0.125 })
    }
    let graph = try Graph(
      [
        ("Conv", ["x", "w"], ["conv"], ["kernel_shape": .ints([3, 3]), "pads": .ints([1, 1, 1, 1])]),
        ("Relu", ["conv"], ["relu"], [:]),
        ("Softsign", ["relu"], ["softsign"], [:]),
        ("GlobalAveragePool", ["softsign"], ["mean"], [:]),
        ("Flatten", ["mean"], ["flat"], [:]),
        ("Gemm", ["flat", "v"], ["y"], [:]),
      ],
      inputs: ["x": DeclaredType(elementType: .float32, dimensions: shape.dimensions.map { .fixed($0) })],
      outputs: ["y"], initializers: ["w": weights(16, 3, 3, 3), "v": weights(16, 5)])
    return try CompiledNetwork(
      Session(graph: graph, pool: ThreadPool(threadCount: threads)), input: graph.inputs[0], imageShape: shape)
  }

  @Test func describesEveryStep() throws {
    let steps = try network(threads: 1).program().stepDescriptions
    #expect(steps.map(\.kernel) == [.fill, .direct, .store, .plain, .load, .mean, .store, .plain, .plain])
    #expect(steps.map(\.nodes) == [[], ["nconv", "nrelu"], [], ["nsoftsign"], [], ["nmean"], [], ["nflat"], ["ny"]])
    #expect(steps[1].operators == ["Conv", "Relu"])
    #expect(steps[1].inputShape?.dimensions == [1, 3, 8, 8])
    #expect(steps[1].outputShape?.dimensions == [1, 16, 8, 8])
    // 16 channels of 8 × 8 sums of 3 × 3 × 3 products; 5 sums of 16.
    #expect(steps.map(\.multiplyAdds) == [0, 16 * 64 * 27, 0, 0, 0, 0, 0, 0, 5 * 16])
  }

  @Test func saysWhyNodesRunPlainly() throws {
    let plain = try network(threads: 1).plainNodes
    #expect(plain.map(\.node) == ["nsoftsign", "nflat", "ny"])
    #expect(plain.map(\.operatorName) == ["Softsign", "Flatten", "Gemm"])
    #expect(plain[0].reason == "no fused form for Softsign with these inputs and attributes")
    #expect(plain[2].reason.contains("no feature map"))
  }

  @Test(arguments: [1, 2], [1, 5])
  func addsUpTheTimeOfEachStep(threads: Int, images: Int) throws {
    let program = try network(threads: threads).program()
    let profile = ProgramProfile(program)
    #expect(profile.secondsByStep == [Double](repeating: 0, count: program.stepDescriptions.count))
    let fill: @Sendable (Int, UnsafeMutableBufferPointer<Float>) -> Void = { index, image in
      for place in image.indices { image[place] = Float((place + index) % 5) }
    }
    let measured = try program.run(images: images, profile: profile, fill: fill)
    let once = profile.secondsByStep
    #expect(once.allSatisfy { $0 > 0 })
    _ = try program.run(images: images, profile: profile, fill: fill)
    #expect(zip(once, profile.secondsByStep).allSatisfy { $0 < $1 })
    let plain = try program.run(images: images, fill: fill)
    #expect(measured.values.map { $0.elements(of: Float.self) } == plain.values.map { $0.elements(of: Float.self) })
  }
}
