import GraphIR
import Tensors
import TestSupport
import Testing

/// One small graph for each finding, and beside it the nearest one that must stay without.
struct LintTests {
  private typealias Code = LintFinding.Code

  /// A picture as exporters declare it.
  private static func picture(_ dimensions: [Dimension]) -> DeclaredType {
    DeclaredType(elementType: .float32, dimensions: dimensions)
  }

  private static let fixed = picture([.symbolic("N"), .fixed(3), .fixed(224), .fixed(224)])

  /// The findings of a graph from `x` to `y`.
  private func lint(
    _ nodes: [TestNode], input: DeclaredType? = fixed, initializers: [String: Tensor] = [:], opset: Int = 13
  ) throws -> [LintFinding] {
    try Graph(nodes, inputs: ["x": input], outputs: ["y"], initializers: initializers, opset: opset).lint()
  }

  private func floats(_ elements: Float...) throws -> Tensor { Tensor(try Shape([elements.count]), elements) }

  @Test func aPlainGraphHasNone() throws {
    #expect(try lint([("Relu", ["x"], ["y"], [:])]) == [])
  }

  @Test(
    arguments: [
      (5, ["y"], [:], true), (6, ["y"], ["is_test": 1], false), (9, ["y"], [:], false),
      (9, ["y", "mean", "var"], [:], true), (14, ["y"], ["training_mode": 0], false),
      (15, ["y"], ["training_mode": 1], true),
    ] as [(Int, [String], [String: Int64], Bool)])
  func batchNormalization(opset: Int, outputs: [String], flags: [String: Int64], isTraining: Bool) throws {
    let names = ["scale", "bias", "m", "v"]
    let findings = try lint(
      [("BatchNormalization", ["x"] + names, outputs, flags.mapValues { .int($0) })],
      initializers: Dictionary(uniqueKeysWithValues: try names.map { ($0, try floats(1, 1, 1)) }), opset: opset
    ).filter { $0.code == .trainingMode }
    #expect(findings.map(\.node) == (isTraining ? ["ny"] : []))
    #expect(findings.allSatisfy { $0.severity == .warning && $0.advice.contains("eval()") })
  }

  @Test(arguments: [(6, false, true), (10, true, false), (13, true, true), (13, false, false)])
  func dropout(opset: Int, mode: Bool, isTraining: Bool) throws {
    let inputs = opset < 12 ? ["x"] : ["x", "ratio", "mode"]
    let weights = opset < 12 ? [:] : ["ratio": Tensor(scalar: Float(0.5)), "mode": Tensor(scalar: mode)]
    let findings = try lint([("Dropout", inputs, ["y"], [:])], initializers: weights, opset: opset)
    #expect(findings.map(\.code).contains(.trainingMode) == isTraining)
  }

  @Test func trainingInsideOfABranch() throws {
    let branch = try Graph(
      [("Dropout", ["x", "ratio", "mode"], ["z"], [:])], inputs: ["x": nil], outputs: ["z"],
      initializers: ["ratio": Tensor(scalar: Float(0.5)), "mode": Tensor(scalar: true)])
    let findings = try lint([("Loop", ["x"], ["y"], ["body": .graph(branch)])])
    #expect(findings.map(\.code) == [.trainingMode])
    #expect(findings.first?.node == "nz")
  }

  @Test func noSoftmax() throws {
    let pool: TestNode = ("GlobalAveragePool", ["x"], ["p"], [:])
    let findings = try lint([pool, ("Flatten", ["p"], ["y"], [:])])
    #expect(findings.map(\.code) == [.noSoftmax])
    #expect(findings.first?.node == "np")
    #expect(findings.first?.value == "y")
    #expect(findings.first?.severity == .information)
    #expect(try lint([pool, ("Softmax", ["p"], ["y"], [:])]) == [])
  }

  @Test func doubleSoftmax() throws {
    let findings = try lint([
      ("Softmax", ["x"], ["p"], [:]), ("Flatten", ["p"], ["f"], [:]), ("LogSoftmax", ["f"], ["y"], [:]),
    ])
    #expect(findings.map(\.code) == [.doubleSoftmax])
    #expect(findings.first?.node == "ny")
    // Attention takes a softmax of what another one weighted.
    #expect(
      try lint([
        ("Softmax", ["x"], ["p"], [:]), ("MatMul", ["p", "x"], ["m"], [:]), ("Softmax", ["m"], ["y"], [:]),
      ]) == [])
  }

  @Test func weightsThatAreNoNormalNumbers() throws {
    let findings = try lint(
      [("Add", ["x", "w"], ["a"], [:]), ("Mul", ["a", "v"], ["b"], [:]), ("Relu", ["b"], ["y"], [:])],
      initializers: ["v": try floats(0, -0x1p-130, 1), "w": try floats(.nan, .infinity, -.infinity)])
    #expect(findings.map(\.code) == [.subnormalWeights, .nonFiniteWeights])
    #expect(findings.map(\.value) == ["v", "w"])
    #expect(findings.first?.message == "'v' has 1 subnormal elements of 3")
    #expect(findings.last?.message == "'w' has 1 NaN and 2 infinite elements of 3")
  }

  @Test func weightsOfFewerBits() throws {
    // The smallest subnormal number of float16 is common in weights; an infinite bfloat16 is 0x7f80.
    let half = Tensor(try Shape([2]), [Float16.leastNonzeroMagnitude, Float16.nan])
    let brain = Tensor(try Shape([1]), [BFloat16(bitPattern: 0x7f80)])
    let findings = try lint([
      ("Constant", [], ["h"], ["value": .tensor(half)]), ("Constant", [], ["b"], ["value": .tensor(brain)]),
      ("Custom", ["x", "h", "b"], ["y"], [:]),
    ])
    #expect(findings.map(\.code) == [.nonFiniteWeights, .nonFiniteWeights])
    #expect(findings.map(\.node) == ["nh", "nb"])
    #expect(findings.map(\.message).first == "'h' has 1 NaN and 0 infinite elements of 2")
  }

  @Test func unusedInitializer() throws {
    let findings = try lint([("Relu", ["x"], ["y"], [:])], initializers: ["w": try floats(1)])
    #expect(findings.map(\.code) == [.unusedInitializer])
    #expect(findings.first?.value == "w")
  }

  @Test func dynamicDimensions() throws {
    let relu: [TestNode] = [("Relu", ["x"], ["y"], [:])]
    let open = try lint(relu, input: LintTests.picture([.unknown, .fixed(3), .symbolic("height"), .unknown]))
    #expect(open.map(\.code) == [.dynamicDimension])
    #expect(open.first?.message == "Input 'x' leaves open axis 2 (height), axis 3 (?)")
    #expect(try lint(relu, input: nil).map(\.code) == [.dynamicDimension])
  }

  @Test func oldOpset() throws {
    let relu: [TestNode] = [("Relu", ["x"], ["y"], [:])]
    #expect(try lint(relu, opset: 6).map(\.code) == [.oldOpset])
    #expect(try lint(relu, opset: 7) == [])
  }

  @Test func channelsLast() throws {
    let last = LintTests.picture([.unknown, .fixed(224), .fixed(224), .fixed(3)])
    let declared = try lint([("Relu", ["x"], ["y"], [:])], input: last)
    #expect(declared.map(\.code) == [.channelsLastInput])
    #expect(declared.first?.message == "Input 'x' is declared as ?×224×224×3: channels stand last")
    let transposed = try lint(
      [("Sub", ["x", "mean"], ["s"], [:]), ("Transpose", ["s"], ["y"], ["perm": .ints([0, 3, 1, 2])])],
      input: last, initializers: ["mean": try floats(1)])
    #expect(transposed.map(\.node) == ["ny"])
    // Three rows of three pixels with three channels are told by nothing.
    let small = LintTests.picture([.fixed(1), .fixed(3), .fixed(3), .fixed(3)])
    #expect(try lint([("Relu", ["x"], ["y"], [:])], input: small) == [])
  }

  /// Sixteen first filters whose three channels have weights of the given sizes.
  private func firstFilters(_ sizes: [Float]) throws -> [LintFinding] {
    let elements = (0..<16).flatMap { filter in sizes.flatMap { [$0, filter % 2 == 0 ? $0 : -$0, -$0, $0] } }
    return try lint(
      [("Sub", ["x", "mean"], ["s"], [:]), ("Conv", ["s", "w"], ["c"], [:]), ("Relu", ["c"], ["y"], [:])],
      initializers: ["mean": try floats(1), "w": Tensor(try Shape([16, sizes.count, 2, 2]), elements)])
  }

  @Test func firstFiltersOfTheOppositeOrder() throws {
    let findings = try firstFilters([2, 5, 3])
    #expect(findings.map(\.code) == [.oppositeChannels])
    #expect(findings.first?.node == "nc")
    #expect(findings.first?.message.contains("have 20, 50 and 30 % of their weight") == true)
    #expect(try firstFilters([3, 5, 2]) == [])
    #expect(try firstFilters([3, 3, 3]) == [])
    #expect(try firstFilters([2, 3]) == [])
  }

  @Test func unusualWeights() throws {
    func findings(_ weight: Float, _ variance: Float) throws -> [LintFinding] {
      let names = ["scale", "bias", "m", "v"]
      var weights = Dictionary(uniqueKeysWithValues: try names.map { ($0, try floats(1)) })
      weights["v"] = try floats(variance)
      weights["w"] = Tensor(try Shape([1, 1, 1, 1]), [weight])
      return try lint(
        [
          ("Conv", ["x", "w"], ["c"], [:]), ("BatchNormalization", ["c"] + names, ["b"], [:]),
          ("Relu", ["b"], ["y"], [:]),
        ],
        initializers: weights)
    }
    #expect(try findings(-9999, 0) == [])
    let large = try findings(-10001, 1)
    #expect(large.map(\.code) == [.unusualRange])
    #expect(large.first?.message == "'w' holds weights of up to 10001.0")
    let negative = try findings(1, -0.5)
    #expect(negative.map(\.code) == [.unusualRange])
    #expect(negative.first?.node == "nb")
    #expect(negative.first?.value == "v")
  }
}
