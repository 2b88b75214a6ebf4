import Execution
import GraphIR
import Kernels
import Regression
import Tensors
import TestSupport
import Testing

/// Small networks of which it is known by their making where they differ.
struct ModelDiffTests {
  private static let picture = DeclaredType(
    elementType: .float32, dimensions: [.fixed(1), .fixed(2), .fixed(3), .fixed(3)])

  /// Two 1×1 convolutions side by side on one input, their sum, and a ReLU. Names end in `suffix`.
  private func network(
    _ suffix: String = "", _ left: [Float] = [1, 2, 3, 4], _ right: [Float] = [5, 6, 7, 8], swapped: Bool = false
  ) throws -> Graph {
    let shape = try Shape([2, 2, 1, 1])
    let convolutions: [TestNode] = [
      ("Conv", ["x" + suffix, "wl" + suffix], ["l" + suffix], [:]),
      ("Conv", ["x" + suffix, "wr" + suffix], ["r" + suffix], [:]),
    ]
    return try Graph(
      (swapped ? convolutions.reversed() : convolutions) + [
        ("Add", ["l" + suffix, "r" + suffix], ["s" + suffix], [:]), ("Relu", ["s" + suffix], ["y" + suffix], [:]),
      ], inputs: ["x" + suffix: Self.picture], outputs: ["y" + suffix],
      initializers: ["wl" + suffix: Tensor(shape, left), "wr" + suffix: Tensor(shape, right)])
  }

  private func input() throws -> Tensor {
    Tensor(try Shape([1, 2, 3, 3]), (0..<18).map { Float($0) / 8 - 1 })
  }

  private func diff(_ a: Graph, _ b: Graph, _ profile: ToleranceProfile = .fp32Reexport) throws -> ModelDiff {
    let pool = ThreadPool(threadCount: 1)
    var diff = try ModelDiff(
      Session(graph: a, pool: pool), Session(graph: b, pool: pool), tolerance: { _ in profile.tolerance })
    try diff.compare([a.inputs[0]: try input()])
    return diff
  }

  @Test func aModelIsTheSameAsItself() throws {
    let diff = try diff(try network(), try network(), .bitExact)
    #expect(diff.isSame)
    #expect(diff.firstDivergence == nil)
    #expect(diff.structure == [])
    #expect(diff.unmatchedNodes == [])
    #expect(diff.values.map(\.valueA) == ["l", "r", "s", "y"])
    #expect(diff.values.map(\.matchedBy) == ["name", "name", "name", "name"])
  }

  @Test func otherNamesAndOrderAreMatchedByStructure() throws {
    let diff = try diff(try network(), try network("_2", swapped: true))
    #expect(diff.isSame)
    #expect(diff.values.map(\.valueB) == ["l_2", "r_2", "s_2", "y_2"])
    #expect(diff.values.map(\.matchedBy) == ["structure", "structure", "structure", "structure"])
  }

  @Test(arguments: ["", "_2"])
  func aChangedWeightIsFoundAtItsNode(suffix: String) throws {
    let diff = try diff(try network(), try network(suffix, swapped: true, right: [5, 6, 7, 8.5]))
    let first = try #require(diff.firstDivergence)
    #expect(first.nodeA == "nr")
    #expect(first.nodeB == "nr\(suffix)")
    #expect(first.originates == true)
    // The changed weight is taken by 0.5 more times the second channel's largest magnitude, 17/8 − 1.
    #expect(first.maxAbsError == 0.5625)
    #expect(first.inputs?.isEmpty == true)
    #expect(diff.values.map(\.same) == [true, false, false, false])
    #expect(diff.values.map(\.originates) == [nil, true, false, false])
    let sum = diff.values[2]
    #expect(sum.inputs?.map(\.valueA) == ["l", "r"])
    #expect(sum.inputs?.map(\.same) == [true, false])
    #expect(sum.inputs?.last?.maxAbsError == 0.5625)
    #expect(diff.structure.map(\.kind) == [.weights])
    #expect(diff.structure.first?.message == "nr: 'wr' differs, by at most 0.5")
  }

  @Test func aSecondOriginIsToldFromTheFirst() throws {
    let b = try Graph(
      [
        ("Conv", ["x", "wl"], ["l"], [:]), ("Conv", ["x", "wr"], ["r"], [:]), ("Add", ["l", "r"], ["s"], [:]),
        ("Relu", ["s"], ["y"], [:]),
      ], inputs: ["x": Self.picture], outputs: ["y"],
      initializers: [
        "wl": Tensor(try Shape([2, 2, 1, 1]), [Float(1), 2, 3, 5]),
        "wr": Tensor(try Shape([2, 2, 1, 1]), [Float(6), 6, 7, 8]),
      ])
    #expect(try diff(try network(), b).values.map(\.originates) == [true, true, false, false])
  }

  @Test func aFoldedNormalizationIsNoDifference() throws {
    // y = (x · w − 1) / √(3.99999 + 0.00001) · 2 + 3 = x · w + 2, written in two ways.
    let pair = try Shape([2])
    let weights = Tensor(try Shape([2, 2, 1, 1]), [Float(1), 2, 3, 4])
    let whole = try Graph(
      [
        ("Conv", ["x", "w"], ["c"], [:]), ("BatchNormalization", ["c", "g", "b", "m", "v"], ["n"], [:]),
        ("Relu", ["n"], ["y"], [:]),
      ], inputs: ["x": Self.picture], outputs: ["y"],
      initializers: [
        "w": weights, "g": Tensor(pair, [Float(2), 2]), "b": Tensor(pair, [Float(3), 3]),
        "m": Tensor(pair, [Float(1), 1]), "v": Tensor(pair, [Float(3.99999), 3.99999]),
      ])
    func folded(_ bias: Float) throws -> Graph {
      try Graph(
        [("Conv", ["x", "w", "bias"], ["c"], [:]), ("Relu", ["c"], ["y"], [:])], inputs: ["x": Self.picture],
        outputs: ["y"], initializers: ["w": weights, "bias": Tensor(pair, [bias, 2])])
    }
    for (a, b) in [(whole, try folded(2)), (try folded(2), whole)] {
      let diff = try diff(a, b)
      #expect(diff.isSame, "\(String(describing: diff.firstDivergence))")
      #expect(diff.values.count == 2)
    }
    let changed = try diff(whole, try folded(2.5))
    #expect(changed.firstDivergence?.nodeA == "nn")
    #expect(changed.firstDivergence?.nodeB == "nc")
    #expect(changed.firstDivergence?.originates == true)
  }

  @Test func copiesAreLookedThrough() throws {
    let b = try Graph(
      [
        ("Identity", ["x"], ["i"], [:]), ("Conv", ["i", "wl"], ["c"], [:]), ("Identity", ["c"], ["ci"], [:]),
        ("Conv", ["i", "wr"], ["d"], [:]), ("Add", ["ci", "d"], ["e"], [:]), ("Relu", ["e"], ["f"], [:]),
        ("Identity", ["f"], ["out"], [:]),
      ], inputs: ["x": Self.picture], outputs: ["out"],
      initializers: [
        "wl": Tensor(try Shape([2, 2, 1, 1]), [Float(1), 2, 3, 4]),
        "wr": Tensor(try Shape([2, 2, 1, 1]), [Float(5), 6, 7, 8]),
      ])
    let diff = try diff(try network(), b)
    #expect(diff.isSame)
    #expect(diff.unmatchedNodes == [])
  }

  @Test func quantizedValuesAreLookedThrough() throws {
    // In steps of 1/8 and 1 all inputs and weights are exact, so that the sums are the same.
    let b = try Graph(
      [
        ("QuantizeLinear", ["x", "s", "z"], ["q"], [:]), ("DequantizeLinear", ["q", "s", "z"], ["d"], [:]),
        ("DequantizeLinear", ["w", "one", "z"], ["dw"], [:]), ("Conv", ["d", "dw"], ["c"], [:]),
        ("Relu", ["c"], ["out"], [:]),
      ], inputs: ["x": Self.picture], outputs: ["out"],
      initializers: [
        "s": Tensor(scalar: Float(0.125)), "z": Tensor(scalar: Int8(0)), "one": Tensor(scalar: Float(1)),
        "w": Tensor(try Shape([2, 2, 1, 1]), [Int8(1), 2, 3, 4]),
      ])
    let a = try Graph(
      [("Conv", ["x", "w"], ["l"], [:]), ("Relu", ["l"], ["y"], [:])], inputs: ["x": Self.picture], outputs: ["y"],
      initializers: ["w": Tensor(try Shape([2, 2, 1, 1]), [Float(1), 2, 3, 4])])
    let diff = try diff(a, b)
    #expect(diff.isSame)
    #expect(diff.values.map(\.valueB) == ["c", "out"])
  }

  /// Quantizers take activations away whose bounds are those of the steps.
  @Test(arguments: [false, true])
  func stepsThatBoundValuesStandForTheActivation(isFirst: Bool) throws {
    let shape = try Shape([2, 2, 1, 1])
    let weights = (Tensor(shape, [Float(1), 2, 3, 4]), Tensor(shape, [Float(1), 0, 0, 1]))
    let float = try Graph(
      [
        ("Conv", ["x", "w"], ["c"], [:]), ("Clip", ["c", "low", "high"], ["l"], [:]),
        ("Conv", ["l", "v"], ["y"], [:]),
      ], inputs: ["x": Self.picture], outputs: ["y"],
      initializers: [
        "w": weights.0, "v": weights.1, "low": Tensor(scalar: Float(0)), "high": Tensor(scalar: Float(31.875)),
      ])
    // Sums are multiples of 1/8, and 255 steps of it are the greatest number.
    let quantized = try Graph(
      [
        ("Conv", ["x", "w"], ["l"], [:]), ("QuantizeLinear", ["l", "s", "z"], ["q"], [:]),
        ("DequantizeLinear", ["q", "s", "z"], ["d"], [:]),
        ("Conv", ["d", "v"], ["y"], [:]),
      ], inputs: ["x": Self.picture], outputs: ["y"],
      initializers: [
        "w": weights.0, "v": weights.1, "s": Tensor(scalar: Float(0.125)), "z": Tensor(scalar: UInt8(0)),
      ])
    let diff = isFirst ? try diff(quantized, float) : try diff(float, quantized)
    #expect(diff.isSame, "\(String(describing: diff.firstDivergence))")
    #expect(diff.unmatchedNodes == [])
    #expect(diff.structure.filter { $0.kind == .operator } == [])
  }

  @Test func halfWidthModelsGetTheirOwnType() throws {
    func network<Number: TensorElement>(_ factor: Number) throws -> Graph {
      let type = DeclaredType(elementType: Number.elementType, dimensions: Self.picture.dimensions)
      return try Graph(
        [("Mul", ["x", "w"], ["y"], [:])], inputs: ["x": type], outputs: ["y"],
        initializers: ["w": Tensor(scalar: factor)])
    }
    // Halves of eighths are exact in float16; thirds are off by up to half of 2⁻¹¹ of them.
    #expect(try diff(try network(Float(0.5)), try network(Float16(0.5)), .bitExact).isSame)
    let thirds = (Float(1) / 3, Float16(1) / 3)
    #expect(!(try diff(try network(thirds.0), try network(thirds.1)).isSame))
    #expect(try diff(try network(thirds.0), try network(thirds.1), .fp16).isSame)
  }

  @Test func anotherActivationIsFoundThoughItsNameIsTheSame() throws {
    func network(_ activation: TestNode) throws -> Graph {
      try Graph(
        [("Mul", ["x", "w"], ["m"], [:]), activation, ("Neg", ["a"], ["y"], [:])], inputs: ["x": Self.picture],
        outputs: ["y"],
        initializers: [
          "w": Tensor(scalar: Float(8)), "low": Tensor(scalar: Float(0)), "high": Tensor(scalar: Float(6)),
        ])
    }
    let diff = try diff(
      try network(("Clip", ["m", "low", "high"], ["a"], [:])), try network(("Relu", ["m"], ["a"], [:])))
    #expect(diff.firstDivergence?.valueA == "a")
    #expect(diff.firstDivergence?.originates == true)
    // 8 · 9/8 = 9 at most, 3 more than 6.
    #expect(diff.firstDivergence?.maxAbsError == 3)
    #expect(diff.structure.map(\.kind) == [.operators, .operators, .operator])
  }

  @Test func attributesAreComparedUnderTheirDefaults() throws {
    func network(_ attributes: [String: Attribute]) throws -> Graph {
      try Graph(
        [("MaxPool", ["x"], ["y"], attributes.merging(["kernel_shape": .ints([2, 2])]) { $1 })],
        inputs: ["x": Self.picture], outputs: ["y"])
    }
    let written = try diff(try network([:]), try network(["strides": .ints([1, 1]), "ceil_mode": .int(0)]))
    #expect(written.structure == [])
    #expect(written.isSame)
    let moved = try diff(
      try network(["pads": .ints([1, 0, 0, 0])]), try network(["pads": .ints([0, 0, 1, 0])]))
    #expect(moved.structure.map(\.message) == ["ny: pads is [1, 0, 0, 0] and [0, 0, 1, 0]"])
    #expect(moved.firstDivergence?.originates == true)
  }

  @Test func otherShapesAreADifference() throws {
    func network(_ axis: Int64) throws -> Graph {
      try Graph(
        [("Flatten", ["x"], ["f"], ["axis": .int(axis)]), ("Neg", ["f"], ["y"], [:])], inputs: ["x": Self.picture],
        outputs: ["y"])
    }
    let diff = try diff(try network(1), try network(2))
    #expect(!diff.isSame)
    #expect(diff.firstDivergence?.maxAbsError == nil)
    #expect(diff.firstDivergence?.reason == "float32 [1×18] and float32 [2×9] cannot be compared")
    #expect(diff.structure.map(\.kind) == [.attribute, .shape, .shape])
  }

  @Test func severalInputsAreOneAnswer() throws {
    let a = try network()
    let pool = ThreadPool(threadCount: 1)
    // Zeros are the same to both activations.
    let b = try Graph(
      [
        ("Conv", ["x", "wl"], ["l"], [:]), ("Conv", ["x", "wr"], ["r"], [:]), ("Add", ["l", "r"], ["s"], [:]),
        ("LeakyRelu", ["s"], ["y"], [:]),
      ], inputs: ["x": Self.picture], outputs: ["y"],
      initializers: [
        "wl": Tensor(try Shape([2, 2, 1, 1]), [Float(1), 2, 3, 4]),
        "wr": Tensor(try Shape([2, 2, 1, 1]), [Float(5), 6, 7, 8]),
      ])
    var diff = try ModelDiff(
      Session(graph: a, pool: pool), Session(graph: b, pool: pool),
      tolerance: { _ in ToleranceProfile.fp32Reexport.tolerance })
    let zeros = Tensor(try Shape([1, 2, 3, 3]), [Float](repeating: 0, count: 18))
    try diff.compare([a.inputs[0]: zeros])
    #expect(diff.isSame)
    try diff.compare([a.inputs[0]: try input()])
    try diff.compare([a.inputs[0]: zeros])
    #expect(diff.firstDivergence?.valueA == "y")
  }

  @Test func differentNumbersOfInputsAreRefused() throws {
    let two = try Graph(
      [("Add", ["x", "z"], ["y"], [:])], inputs: ["x": Self.picture, "z": Self.picture], outputs: ["y"])
    let error = #expect(throws: RegressionError.self) { try diff(try network(), two) }
    #expect(error?.kind == .mismatched)
  }
}

extension ModelDiffTests {
  /// The network with other weights of one side.
  private func network(_ suffix: String, swapped: Bool = false, right: [Float]) throws -> Graph {
    try network(suffix, [1, 2, 3, 4], right, swapped: swapped)
  }
}
