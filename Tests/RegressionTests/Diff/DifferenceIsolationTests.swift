import Execution
import GraphIR
import Kernels
import Regression
import Tensors
import TestSupport
import Testing

/// Differences below differences, weights that the inputs do not bring out, and colours in the opposite order.
struct DifferenceIsolationTests {
  private static let pool = ThreadPool(threadCount: 1)
  private static let picture = DeclaredType(
    elementType: .float32, dimensions: [.fixed(1), .fixed(3), .fixed(2), .fixed(2)])

  /// y = ((x · a) · b) + c, with other names on request.
  private func chain(_ a: Float, _ b: Float, _ c: Float, _ suffix: String = "") throws -> Graph {
    try Graph(
      [
        ("Mul", ["x" + suffix, "a" + suffix], ["p" + suffix], [:]),
        ("Mul", ["p" + suffix, "b" + suffix], ["q" + suffix], [:]),
        ("Add", ["q" + suffix, "c" + suffix], ["y" + suffix], [:]),
      ], inputs: ["x" + suffix: Self.picture], outputs: ["y" + suffix],
      initializers: [
        "a" + suffix: Tensor(scalar: a), "b" + suffix: Tensor(scalar: b), "c" + suffix: Tensor(scalar: c),
      ])
  }

  private func diff(
    _ a: Graph, _ b: Graph, isolates: Bool, _ elements: [Float] = (1...12).map { Float($0) }
  ) throws -> ModelDiff {
    var diff = try ModelDiff(
      Session(graph: a, pool: Self.pool), Session(graph: b, pool: Self.pool), isolatesAll: isolates,
      tolerance: { _ in ToleranceProfile.fp32Reexport.tolerance })
    try diff.compare([a.inputs[0]: Tensor(try Shape([1, 3, 2, 2]), elements)])
    return diff
  }

  @Test(arguments: ["", "_2"])
  func aSecondOriginBelowTheFirstIsFound(suffix: String) throws {
    let diff = try diff(try chain(2, 3, 4), try chain(2.5, 3, 5, suffix), isolates: true)
    #expect(diff.values.map(\.same) == [false, false, false])
    #expect(diff.values.map(\.originates) == [true, false, true])
    // At x = 12: half of it more; passed on as it is; and 1 more of the sum.
    #expect(diff.values.map(\.maxAbsError) == [6, 18, 19])
    #expect(diff.values.map(\.isolatedMaxAbsError) == [6, 0, 1])
  }

  @Test func onlyTheFirstOfTheOthersIsIsolatedUnlessAllAre() throws {
    let diff = try diff(try chain(2, 3, 4), try chain(2.5, 3, 5), isolates: false)
    #expect(diff.values.map(\.isolatedMaxAbsError) == [nil, nil, nil])
    #expect(diff.firstDivergence?.valueA == "p")
    #expect(diff.firstDivergence?.originates == true)
    #expect(diff.values[1].originates == false)
  }

  @Test func errorsThatAddUpAreNoDifferenceAsLongAsTheOutputsAgree() throws {
    // Each factor is off by 1e-4, which is allowed, and the product of both by 2e-4, which is not.
    let (two, three) = (Float(2 * 1.0001), Float(3 * 1.0001))
    let diff = try diff(try chain(2, 3, 1e4), try chain(two, three, 1e4), isolates: false)
    #expect(diff.values.map(\.same) == [true, false, true])
    #expect(diff.values.map(\.originates) == [nil, false, nil])
    #expect(diff.isSame)
    #expect(diff.firstDivergence == nil)
    let visible = try self.diff(try chain(2, 3, 0), try chain(two, three, 0), isolates: false)
    #expect(!visible.isSame)
    #expect(visible.firstDivergence?.valueA == "q")
    #expect(visible.firstDivergence?.originates == false)
  }

  @Test func copiesAreNoPartsOfTheirOwn() throws {
    let a = try chain(2, 3, 4)
    let b = try Graph(
      [
        ("Identity", ["x"], ["i"], [:]), ("Mul", ["i", "a"], ["p"], [:]), ("Identity", ["p"], ["j"], [:]),
        ("Mul", ["j", "b"], ["q"], [:]), ("Add", ["q", "c"], ["y"], [:]),
      ], inputs: ["x": Self.picture], outputs: ["y"],
      initializers: ["a": Tensor(scalar: Float(3)), "b": Tensor(scalar: Float(3)), "c": Tensor(scalar: Float(4))])
    let diff = try diff(a, b, isolates: true)
    #expect(diff.values.map(\.originates) == [true, false, false])
    #expect(diff.values.map(\.isolatedMaxAbsError) == [12, 0, 0])
  }

  @Test func weightsThatTheInputsDoNotShowAreDifferent() throws {
    func network(_ weights: [Float]) throws -> Graph {
      try Graph(
        [("Conv", ["x", "w"], ["c"], [:]), ("Relu", ["c"], ["y"], [:])], inputs: ["x": Self.picture], outputs: ["y"],
        initializers: ["w": Tensor(try Shape([1, 3, 1, 1]), weights)])
    }
    // The third channel is zero everywhere, and so is what its weight makes of it.
    let blind = [Float](repeating: 1, count: 8) + [Float](repeating: 0, count: 4)
    let diff = try diff(try network([1, 2, 3]), try network([1, 2, 3.03]), isolates: false, blind)
    #expect(!diff.isSame)
    #expect(diff.values.map(\.same) == [false, true])
    #expect(diff.firstDivergence?.nodeA == "nc")
    #expect(diff.firstDivergence?.originates == true)
    #expect(diff.firstDivergence?.maxAbsError == 0)
    #expect(diff.firstDivergence?.reason?.hasPrefix("weight 'w' differs by at most 0.03") == true)
    // A rounding is none.
    let rounded = try self.diff(try network([1, 2, 3]), try network([1, 2, Float(3).nextUp]), isolates: false, blind)
    #expect(rounded.isSame)
  }

  @Test func aBiasThatIsLeftOutIsDifferentUnlessItIsZero() throws {
    func network(_ bias: Float?) throws -> Graph {
      let weights = ["w": Tensor(try Shape([1, 3, 1, 1]), [Float(1), 2, 3])]
      let biases = try bias.map { ["b": Tensor(try Shape([1]), [$0])] } ?? [:]
      return try Graph(
        [("Conv", ["x", "w"] + biases.keys, ["c"], [:]), ("Relu", ["c"], ["y"], [:])], inputs: ["x": Self.picture],
        outputs: ["y"], initializers: weights.merging(biases) { $1 })
    }
    // Of sums of 60,000, one half is less than what is allowed.
    let large = [Float](repeating: 1e4, count: 12)
    for (a, b) in [(Float(0.5), nil), (nil, Float(0.5))] as [(Float?, Float?)] {
      let diff = try diff(try network(a), try network(b), isolates: false, large)
      #expect(!diff.isSame)
      #expect(diff.firstDivergence?.nodeA == "nc")
      #expect(diff.firstDivergence?.reason == "weight 'b' differs by at most 0.5")
    }
    #expect(try diff(try network(0), try network(nil), isolates: false, large).isSame)
  }

  @Test func coloursInTheOppositeOrderAreNamed() throws {
    func network(_ weights: [Float], _ bias: Float = 0) throws -> Graph {
      try Graph(
        [("Conv", ["x", "w", "b"], ["c"], [:]), ("Relu", ["c"], ["y"], [:])], inputs: ["x": Self.picture],
        outputs: ["y"],
        initializers: ["w": Tensor(try Shape([1, 3, 1, 1]), weights), "b": Tensor(try Shape([1]), [bias])])
    }
    let swapped = try diff(try network([1, 2, 4]), try network([4, 2, 1]), isolates: false)
    #expect(swapped.findings.map(\.code) == [.channelOrder])
    #expect(swapped.structure.contains { $0.kind == .weights && $0.message.hasSuffix("RGB/BGR swap") })
    let other = try diff(try network([1, 2, 4]), try network([4, 2, 1], 1), isolates: false)
    #expect(other.findings == [])
    let changed = try diff(try network([1, 2, 4]), try network([1, 2, 5]), isolates: false)
    #expect(changed.findings == [])
  }

  @Test func picturesPreparedInTheOppositeOrderAreNamed() throws {
    let graph = try chain(2, 3, 4)
    let session = try Session(graph: graph, pool: Self.pool)
    let shape = try Shape([1, 3, 2, 2])
    let input = graph.inputs[0]
    func findings(_ elements: [Float], _ others: [Float]) throws -> [Finding.Code] {
      var diff = try ModelDiff(
        session, session, tolerance: { _ in ToleranceProfile.fp32Reexport.tolerance })
      try diff.compare([input: Tensor(shape, elements)], [input: Tensor(shape, others)])
      return diff.findings.map(\.code)
    }
    let (red, green, blue): ([Float], [Float], [Float]) = ([1, 5, 2, 8], [3, 3, 9, 1], [7, 2, 2, 6])
    // Scaled and shifted by channel, as means and deviations in the wrong order do.
    let swapped = blue.map { $0 * 2 + 1 } + green.map { $0 - 1 } + red.map { $0 * 0.5 }
    #expect(try findings(red + green + blue, swapped) == [.channelOrder])
    #expect(try findings(red + green + blue, red.map { $0 * 2 } + green + blue) == [.preprocessing])
    #expect(try findings(red + green + blue, red + green + blue) == [])
  }
}
