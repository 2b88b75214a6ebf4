import Execution
import GraphIR
import Kernels
import Regression
import Tensors
import TestSupport
import Testing

struct FiniteCheckTests {
  private static let pair = DeclaredType(elementType: .float32, dimensions: [.fixed(2)])

  /// y = −log(x + w)
  private func session(_ weights: [Float]) throws -> Session {
    let graph = try Graph(
      [("Add", ["x", "w"], ["s"], [:]), ("Log", ["s"], ["l"], [:]), ("Neg", ["l"], ["y"], [:])],
      inputs: ["x": Self.pair], outputs: ["y"], initializers: ["w": Tensor(try Shape([2]), weights)])
    return try Session(graph: graph, pool: ThreadPool(threadCount: 1))
  }

  private func check(_ weights: [Float], _ input: [Float]) throws -> (output: [Float], origin: FiniteCheck.Origin?) {
    let session = try session(weights)
    let (results, origin) = try session.runCheckingFinite(
      [session.graph.inputs[0]: Tensor(try Shape([2]), input)], plan: session.plan())
    return (try #require(results[session.graph.outputs[0]]).elements(), origin)
  }

  @Test func finiteRunsHaveNone() throws {
    let (output, origin) = try check([0, 0], [1, 1])
    #expect(output == [0, 0])
    #expect(origin == nil)
  }

  @Test func theNodeThatMakesTheFirstIsNamed() throws {
    // Sums 0 and −2, whose logarithms are −∞ and NaN.
    let origin = try #require(try check([-1, -5], [1, 3]).origin)
    #expect(origin.node == "nl")
    #expect(origin.operator == "Log")
    #expect(origin.statistics.nans == 1)
    #expect(origin.statistics.infinities == 1)
    #expect(origin.inputs.map(\.value) == ["s"])
    let statistics = try #require(origin.inputs.first?.statistics)
    #expect(statistics.minimum == -2)
    #expect(statistics.maximum == 0)
    #expect(statistics.mean == -1)
    #expect(statistics.standardDeviation == 1)
    #expect(statistics.isFinite)
    #expect(
      origin.text == """
        Log node 'nl' makes the first NaN or infinity: value 'l', 1 NaN and 1 infinite of 2
          of value 's': float32 2, -2 … 0, mean -1, standard deviation 1, 0 NaN, 0 infinite
        """)
  }

  @Test func aWeightThatIsNoNumberIsSeenAtItsReader() throws {
    let origin = try #require(try check([.nan, 0], [1, 1]).origin)
    #expect(origin.node == "ns")
    #expect(origin.inputs.map(\.isConstant) == [false, true])
    #expect(origin.inputs.map(\.statistics.nans) == [0, 1])
  }

  @Test func anInputIsNamedAsWhatItIs() throws {
    let origin = try #require(try check([0, 0], [1, .infinity]).origin)
    #expect(origin.node == nil)
    #expect(origin.value == "x")
    #expect(origin.text.hasPrefix("the input has the first NaN or infinity: value 'x', 0 NaN and 1 infinite of 2"))
  }

  @Test func bothModelsOfADiffAreChecked() throws {
    var diff = try ModelDiff(try session([0, 0]), try session([0, -1]), tolerance: { _ in .bitExact })
    try diff.compare([try session([0, 0]).graph.inputs[0]: Tensor(try Shape([2]), [Float(1), 1])])
    #expect(diff.firstNonFinite.a == nil)
    #expect(diff.firstNonFinite.b?.node == "nl")
    #expect(diff.firstDivergence?.nodeA == "ns")
  }

  @Test(
    arguments: [
      ([], nil, nil, nil), ([2, 4, 4, 4, 5, 5, 7, 9], 5, 2, 0), ([.nan, 3, -.infinity], 3, 0, 2),
    ] as [([Float], Double?, Double?, Int?)])
  func statistics(elements: [Float], mean: Double?, deviation: Double?, nonFinite: Int?) throws {
    let statistics = TensorStatistics(of: Tensor(try Shape([elements.count]), elements))
    #expect(statistics.mean == mean)
    #expect(statistics.standardDeviation == deviation)
    #expect(statistics.nans + statistics.infinities == nonFinite ?? 0)
    #expect(statistics.minimum == elements.filter(\.isFinite).min().map { Double($0) })
    #expect(statistics.maximum == elements.filter(\.isFinite).max().map { Double($0) })
  }
}
