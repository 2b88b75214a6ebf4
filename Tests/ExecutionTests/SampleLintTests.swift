import Execution
import GraphIR
import Kernels
import Tensors
import TestSupport
import Testing

/// Networks of which it is known which of their channels never vary.
struct SampleLintTests {
  private static let picture = DeclaredType(
    elementType: .float32, dimensions: [.fixed(1), .fixed(3), .fixed(2), .fixed(1)])

  /// Three channels, each times a factor, and a Relu.
  private func findings(_ factors: [Float], _ samples: [[Float]]) throws -> [LintFinding] {
    let graph = try Graph(
      [("Conv", ["x", "w"], ["c"], ["group": .int(3)]), ("Relu", ["c"], ["r"], [:]), ("Relu", ["r"], ["y"], [:])],
      inputs: ["x": Self.picture], outputs: ["y"], initializers: ["w": Tensor(try Shape([3, 1, 1, 1]), factors)])
    var lint = SampleLint(try Session(graph: graph, pool: ThreadPool(threadCount: 1)))
    for sample in samples { try lint.observe([graph.inputs[0]: Tensor(try Shape([1, 3, 2, 1]), sample)]) }
    return lint.findings
  }

  @Test func deadChannelsAreNamedWhereTheyBegin() throws {
    let found = try findings([1, 0, -1], [[1, 2, 3, 4, 5, 6]])
    #expect(found.map(\.code) == [.deadChannels, .deadChannels])
    #expect(found.map(\.node) == ["nc", "nr"])
    #expect(found.first?.message == "1 of 3 channels of Conv 'nc' are the same everywhere in 1 input: 1")
    #expect(found.last?.message == "2 of 3 channels of Relu 'nr' are the same everywhere in 1 input: 1, 2")
    // A second input in which the third channel shows.
    #expect(try findings([1, 0, -1], [[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, -5, 6]]).map(\.node) == ["nc"])
    #expect(try findings([1, 1, 1], [[1, 2, 3, 4, 5, 6]]) == [])
  }

  @Test func valuesOutOfProportionAreNamedOnce() throws {
    let large = try findings([1, 1, 32753], [[1, 2, 3, 4, 1, 2]])
    #expect(large.map(\.code) == [.unusualRange])
    #expect(large.first?.node == "nc")
    #expect(
      large.first?.message == "Conv 'nc' makes numbers of up to 65506.0 of the sample, and 2 later values too")
    #expect(try findings([1, 1, 32752], [[1, 2, 3, 4, 1, 2]]) == [])
    let none = try findings([1, 1, .nan], [[1, 2, 3, 4, 1, 2]])
    #expect(none.first?.code == .unusualRange)
    #expect(none.first?.message.hasPrefix("Conv 'nc' makes 2 NaN or infinite elements of the sample") == true)
  }
}
