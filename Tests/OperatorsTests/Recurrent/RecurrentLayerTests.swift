import GraphIR
import Operators
import Tensors
import Testing

/// Layers of two units on two sequences of two features; the expected values are of onnxruntime 1.32.
@Suite("RNN, GRU and LSTM")
struct RecurrentLayerTests {
  private let x = Tensor.pattern([3, 2, 2], step: 5, modulus: 7, offset: 3, divisor: 4)
  private let lengths = Tensor.of([2], [Int32(3), 2])

  /// X or its beginning, weights, biases, lengths and initial states.
  private func inputs(
    gates: Int, directions: Int = 1, x: Tensor? = nil, lengths: Tensor? = nil, hasState: Bool = true,
    hasCell: Bool = false, hasPeepholes: Bool = false
  ) -> [Tensor?] {
    func state(_ step: Int, _ offset: Int, _ divisor: Float) -> Tensor? {
      hasState ? .pattern([directions, 2, 2], step: step, modulus: 5, offset: offset, divisor: divisor) : nil
    }
    return [
      x ?? self.x,
      .pattern([directions, gates * 2, 2], step: 3, modulus: 11, offset: 5, divisor: 8),
      .pattern([directions, gates * 2, 2], step: 7, modulus: 13, offset: 6, divisor: 8),
      .pattern([directions, gates * 4], step: 5, modulus: 9, offset: 4, divisor: 10),
      lengths,
      state(3, 2, 4),
      hasCell ? state(2, 2, 2) : nil,
      hasPeepholes ? .pattern([directions, 6], step: 4, modulus: 7, offset: 3, divisor: 5) : nil,
    ]
  }

  private func names(_ names: String...) -> Attribute { .strings(names.map { Array($0.utf8) }) }
  private func name(_ name: String) -> Attribute { .string(Array(name.utf8)) }

  @Test("Both directions of an RNN over sequences of different lengths")
  func bothDirections() throws {
    let y = try call(
      "RNN", opset: 14, inputs(gates: 1, directions: 2, lengths: lengths),
      attributes: ["direction": name("bidirectional"), "activations": names("Relu", "Sigmoid")], outputs: 2)
    expect(
      y[0],
      isNear: [
        0.04999995, 0.83125, 0, 0.33125, 0.5323338, 0.7469681, 0.4335295, 0.6157783, 0, 0.6953126, 0, 0, 0.3479512,
        0.7759774, 0.4255575, 0.4875026, 0, 0.5363281, 0, 0, 0.3235511, 0.6399161, 0, 0,
      ], shape: [3, 2, 2, 2])
    expect(
      y[1], isNear: [0, 0.5363281, 0, 0, 0.5323338, 0.7469681, 0.4335295, 0.6157783], shape: [2, 2, 2])
  }

  /// Alpha, beta and the result for a single step; of Affine, ThresholdedRelu and Elu with the defaults written out.
  static let functions: [(String, [Float], [Float], [Float])] = [
    ("Affine", [0.5], [0.25], [-0.05312502, 0.61875, 0.08749998, 0.696875]),
    ("Affine", [], [], [-0.60625, 0.7375, -0.325, 0.89375]),
    ("LeakyRelu", [], [], [-0.0060625, 0.7375, -0.00325, 0.89375]),
    ("ThresholdedRelu", [0.8], [], [0, 0, 0, 0.89375]), ("ThresholdedRelu", [], [], [0, 0, 0, 0]),
    ("ScaledTanh", [2], [0.5], [-0.5883397, 0.7057958, -0.3221692, 0.8386538]),
    ("HardSigmoid", [], [], [0.37875, 0.6475, 0.435, 0.67875]),
    ("Elu", [], [], [-0.4546078, 0.7375, -0.2774727, 0.89375]),
    ("Elu", [0.5], [], [-0.2273039, 0.7375, -0.1387363, 0.89375]),
    ("Softsign", [], [], [-0.3774319, 0.4244604, -0.2452831, 0.4719472]),
    ("softplus", [], [], [0.4352778, 1.128398, 0.5437925, 1.236714]),
  ]

  @Test("Activation functions", arguments: functions)
  func activation(function: String, alphas: [Float], betas: [Float], expected: [Float]) throws {
    var attributes = ["activations": names(function)]
    if !alphas.isEmpty { attributes["activation_alpha"] = .floats(alphas) }
    if !betas.isEmpty { attributes["activation_beta"] = .floats(betas) }
    let y = try call("RNN", opset: 14, inputs(gates: 1, x: x.rows(2..<3)), attributes: attributes, outputs: 2)
    expect(y[1], isNear: expected, shape: [1, 2, 2])
  }

  @Test("An alpha goes to the first function that has one")
  func parameters() throws {
    let tensors = inputs(gates: 1, directions: 2, x: x.rows(2..<3))
    let y = try call(
      "RNN", opset: 14, Array(tensors[..<3]),
      attributes: [
        "direction": name("bidirectional"), "activations": names("Tanh", "LeakyRelu"),
        "activation_alpha": .floats([0.5]),
      ], outputs: 2)
    expect(y[1], isNear: [-0.3027097, 0.06241882, 0.1243531, 0.3027098, -0.125, 0.125, 0.15625, 0.34375])
  }

  @Test("A GRU forwards, and backwards with clipping and the reset behind the product")
  func gru() throws {
    let forward = try call("GRU", opset: 14, inputs(gates: 3, lengths: lengths), outputs: 2)
    expect(
      forward[0],
      isNear: [
        -0.1368807, 0.07293038, -0.07715739, 0.4860993, -0.2755599, 0.09954686, 0.02383239, 0.4828878, -0.2418896,
        0.1429739, 0, 0,
      ], shape: [3, 1, 2, 2])
    expect(forward[1], isNear: [-0.2418896, 0.1429739, 0.02383239, 0.4828878], shape: [1, 2, 2])
    let reverse = try call(
      "GRU", opset: 14, inputs(gates: 3, lengths: lengths),
      attributes: ["direction": name("reverse"), "linear_before_reset": .int(1), "clip": .float(0.25)], outputs: 2)
    expect(
      reverse[0],
      isNear: [
        -0.03235108, 0.03135917, -0.03985308, 0.3255352, -0.2859945, 0.2465246, -0.05590202, 0.3883194, -0.3387369,
        0.2477753, 0, 0,
      ])
    expect(reverse[1], isNear: [-0.03235108, 0.03135917, -0.03985308, 0.3255352])
  }

  @Test("An LSTM with peepholes, and one whose forget gate is tied to its input gate")
  func lstm() throws {
    let y = try call(
      "LSTM", opset: 14, inputs(gates: 4, lengths: lengths, hasCell: true, hasPeepholes: true), outputs: 3)
    expect(
      y[0],
      isNear: [
        -0.3024937, -0.1500373, 0.2149282, -0.1040658, -0.06281299, 0.07857152, 0.1308556, 0.01082393, -0.02939846,
        0.157183, 0, 0,
      ], shape: [3, 1, 2, 2])
    expect(y[1], isNear: [-0.02939846, 0.157183, 0.1308556, 0.01082393], shape: [1, 2, 2])
    expect(y[2], isNear: [-0.07167796, 0.2933431, 0.3084965, 0.03375964], shape: [1, 2, 2])
    let tied = try call(
      "LSTM", opset: 14, inputs(gates: 4, hasCell: true), attributes: ["input_forget": .int(1)], outputs: 3)
    expect(tied[1], isNear: [-0.03310856, 0.1431549, 0.1582627, -0.07091692])
    expect(tied[2], isNear: [-0.08258832, 0.2825343, 0.3490161, -0.1300727])
  }

  /// The batch's axis first is the other layout with axes exchanged.
  @Test("Both layouts", arguments: ["RNN", "GRU", "LSTM"])
  func layouts(name: String) throws {
    let gates = ["RNN": 1, "GRU": 3, "LSTM": 4][name]!
    let plain = try call(
      name, opset: 14, inputs(gates: gates, directions: 2, hasState: false),
      attributes: ["direction": self.name("bidirectional")], outputs: 2)
    let elements = x.elements(of: Float.self)
    let exchanged = Tensor.of([2, 3, 2], [0, 2, 4, 1, 3, 5].flatMap { elements[2 * $0..<2 * $0 + 2] })
    let y = try call(
      name, opset: 14, inputs(gates: gates, directions: 2, x: exchanged, hasState: false),
      attributes: ["direction": self.name("bidirectional"), "layout": .int(1)], outputs: 2)
    let (before, after) = (plain[0].elements(of: Float.self), y[0].elements(of: Float.self))
    #expect(y[0].shape.dimensions == [2, 3, 2, 2] && y[1].shape.dimensions == [2, 2, 2])
    for (step, entry, unit) in [(0, 0, 1), (1, 1, 0), (2, 0, 0), (2, 1, 1)] {
      for direction in 0..<2 {
        #expect(
          after[((entry * 3 + step) * 2 + direction) * 2 + unit]
            == before[((step * 2 + direction) * 2 + entry) * 2 + unit])
      }
    }
  }

  /// By hand: without steps, the states stay as they were.
  @Test("Sequences without steps, and layers without units")
  func empty() throws {
    let y = try call(
      "RNN", opset: 14, inputs(gates: 1, lengths: .of([2], [Int32(0), 0])), outputs: 2)
    #expect(y[0].elements(of: Float.self).allSatisfy { $0 == 0 })
    #expect(y[1].elements(of: Float.self) == [-0.5, 0.25, -0.25, 0.5])
    let none = Tensor.of([1, 0, 0], [Float]())
    let nothing = try call("LSTM", opset: 7, [x, .of([1, 0, 2], [Float]()), none], outputs: 3)
    #expect(nothing.map(\.shape.dimensions) == [[3, 1, 2, 0], [1, 2, 0], [1, 2, 0]])
  }

  @Test("Attributes and inputs that do not fit")
  func refused() throws {
    func refuses(_ inputs: [Tensor?], _ attributes: [String: Attribute] = [:], _ note: Comment) {
      #expect(throws: OperatorError.self, note) {
        try call("RNN", opset: 14, inputs, attributes: attributes, outputs: 2)
      }
    }
    let good = inputs(gates: 1)
    refuses(good, ["direction": name("sideways")], "direction")
    refuses(good, ["direction": name("bidirectional")], "one direction's weights")
    refuses(good, ["activations": names("Tanh", "Tanh", "Tanh")], "three functions")
    refuses(good, ["activations": names("Cosine")], "unknown function")
    refuses(good, ["activations": names("ScaledTanh")], "no alpha and beta")
    refuses(good, ["hidden_size": .int(3)], "hidden_size")
    refuses(good, ["clip": .float(.nan)], "clip")
    refuses(inputs(gates: 3), [:], "weights of a GRU")
    refuses(inputs(gates: 1, lengths: .of([2], [Int32(3), 4])), [:], "too long")
    refuses(inputs(gates: 1, lengths: .of([2], [Int32(3), -1])), [:], "negative length")
    refuses(inputs(gates: 1, lengths: .of([1], [Int32(3)])), [:], "a length is missing")
    for index in [0, 1, 2, 3, 5] {
      var wrong = good
      wrong[index] = .counting(2, 2)
      refuses(wrong, [:], "input \(index)")
    }
  }
}
