import GraphIR
import Operators
import Tensors
import Testing

@Suite("NegativeLogLikelihoodLoss and SoftmaxCrossEntropyLoss")
struct LossTests {
  private let scores = Tensor.pattern([2, 3, 2], step: 5, modulus: 7, offset: 3, divisor: 2)
  private let classes = Tensor.of([2, 2], [Int64(0), 2, 1, 0])
  private let weights = Tensor.of([3], [Float(1), 2, 0.5])

  private func loss(
    _ name: String, _ reduction: String, ignoring: Int64? = nil, weights: Tensor?, classes: Tensor? = nil,
    outputs: Int = 1
  ) throws -> [Tensor] {
    var attributes: [String: Attribute] = ["reduction": .string(Array(reduction.utf8))]
    if let ignoring { attributes["ignore_index"] = .int(ignoring) }
    return try call(
      name, opset: 13, [scores, classes ?? self.classes, weights], attributes: attributes, outputs: outputs)
  }

  /// Expected values from onnxruntime 1.32: without and with weights, then the same with class 0 ignored.
  static let likelihoods: [(String, [[Float]])] = [
    ("none", [[1.5, -0.5, -1, 1.5], [1.5, -0.25, -2, 1.5], [0, -0.5, -1, 0], [0, -0.25, -2, 0]]),
    ("sum", [[1.5], [0.75], [-1.5], [-2.25]]),
    ("mean", [[0.375], [1 / 6], [-0.75], [-0.9]]),
  ]

  /// As above.
  static let entropies: [(String, [[Float]])] = [
    (
      "none",
      [
        [3.241311, 1.054957, 0.3063558, 3.241311], [3.241311, 0.5274785, 0.6127116, 3.241311],
        [0, 1.054957, 0.3063558, 0], [0, 0.5274785, 0.6127116, 0],
      ]
    ),
    ("sum", [[7.843935], [7.622813], [1.361313], [1.14019]]),
    ("mean", [[1.960984], [1.693958], [0.6806564], [0.4560761]]),
  ]

  @Test("Reductions, weights and classes that are ignored", arguments: likelihoods)
  func likelihood(reduction: String, expected: [[Float]]) throws {
    for (index, expected) in expected.enumerated() {
      let y = try loss(
        "NegativeLogLikelihoodLoss", reduction, ignoring: index < 2 ? nil : 0, weights: index % 2 == 0 ? nil : weights)
      expect(y[0], isNear: expected, shape: reduction == "none" ? [2, 2] : [])
    }
  }

  @Test("Softmax before, and all logarithms as a second output", arguments: entropies)
  func entropy(reduction: String, expected: [[Float]]) throws {
    for (index, expected) in expected.enumerated() {
      let y = try loss(
        "SoftmaxCrossEntropyLoss", reduction, ignoring: index < 2 ? nil : 0, weights: index % 2 == 0 ? nil : weights,
        outputs: 2)
      expect(y[0], isNear: expected, shape: reduction == "none" ? [2, 2] : [])
      expect(
        y[1],
        isNear: [
          -3.241311, -0.554957, -1.741311, -2.554957, -0.2413113, -1.054957, -1.806356, -3.241311, -0.3063558,
          -1.741311, -2.306356, -0.2413113,
        ], shape: [2, 3, 2])
    }
  }

  /// By hand: the mean of nothing is no number, as in NumPy and PyTorch.
  @Test("Classes out of range, and none that count")
  func edges() throws {
    let outside = Tensor.of([2, 2], [Int32(3), 3, 3, 3])
    let y = try loss("NegativeLogLikelihoodLoss", "mean", ignoring: 3, weights: nil, classes: outside)
    #expect(y[0].elements(of: Float.self)[0].isNaN)
    for name in ["NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"] {
      for index in [Int64(3), -1, .max, .min] {
        #expect(throws: OperatorError.self) {
          try loss(name, "sum", weights: nil, classes: .of([2, 2], [index, 0, 0, 0]))
        }
      }
      #expect(throws: OperatorError.self) {
        try loss(name, "sum", weights: nil, classes: .of([4], [Int64(0), 0, 0, 0]))
      }
      #expect(throws: OperatorError.self) { try loss(name, "sum", weights: .of([2], [Float(1), 1])) }
      #expect(throws: OperatorError.self) { try loss(name, "most", weights: nil) }
    }
  }
}
