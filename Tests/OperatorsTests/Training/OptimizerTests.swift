import GraphIR
import Operators
import Tensors
import Testing

/// Expected values from onnx.reference 1.23.2, for the first update and the fourth.
@Suite("Adagrad, Adam and Momentum")
struct OptimizerTests {
  private let values = Tensor.of([2], [Float(1), -2])
  private let gradients = Tensor.of([2], [Float(0.5), 1.5])
  private let means = Tensor.of([2], [Float(0.25), -0.5])
  private let squares = Tensor.of([2], [Float(2), 0.75])

  private func step(
    _ name: String, after updates: Int64, _ tensors: [Tensor], _ attributes: [String: Attribute], outputs: Int
  ) throws -> [Tensor] {
    try call(
      name, domain: "ai.onnx.preview.training", opset: 1,
      [Tensor(scalar: Float(0.5)), Tensor(scalar: updates)] + tensors, attributes: attributes, outputs: outputs)
  }

  @Test func adagrad() throws {
    let attributes: [String: Attribute] = [
      "norm_coefficient": .float(0.5), "decay_factor": .float(0.25), "epsilon": .float(0.125),
    ]
    for (updates, expected) in [(0, [0.7307559, -2.222222]), (3, [0.8461462, -2.126984])] as [(Int64, [Float])] {
      let y = try step("Adagrad", after: updates, [values, gradients, squares], attributes, outputs: 2)
      expect(y[0], isNear: expected)
      expect(y[1], isNear: [3, 1])
    }
  }

  @Test("Adam, one tensor and two at once")
  func adam() throws {
    let attributes: [String: Attribute] = [
      "norm_coefficient": .float(0.5), "norm_coefficient_post": .float(0.25), "alpha": .float(0.75),
      "beta": .float(0.5), "epsilon": .float(0.125),
    ]
    for (updates, expected) in [(0, [0.6284493, -1.387334]), (3, [0.5533292, -1.317705])] as [(Int64, [Float])] {
      let y = try step("Adam", after: updates, [values, gradients, means, squares], attributes, outputs: 3)
      expect(y[0], isNear: expected)
      expect(y[1], isNear: [0.4375, -0.25])
      expect(y[2], isNear: [1.5, 0.5])
      let one = [values, gradients, means, squares].map { $0.rows(1..<2) }
      let both = try step(
        "Adam", after: updates, zip([values, gradients, means, squares], one).flatMap { [$0, $1] }, attributes,
        outputs: 6)
      for (index, tensor) in y.enumerated() {
        #expect(both[2 * index].elements(of: Float.self) == tensor.elements(of: Float.self))
        #expect(both[2 * index + 1].elements(of: Float.self) == [tensor.elements(of: Float.self)[1]])
      }
    }
  }

  @Test func momentum() throws {
    func attributes(_ mode: String) -> [String: Attribute] {
      [
        "norm_coefficient": .float(0.5), "alpha": .float(0.75), "beta": .float(0.25), "mode": .string(Array(mode.utf8)),
      ]
    }
    let expected: [(Int64, String, [Float], [Float])] = [
      (0, "standard", [0.40625, -2.0625], [1.1875, 0.125]), (0, "nesterov", [0.0546875, -2.296875], [1.1875, 0.125]),
      (3, "standard", [0.78125, -1.875], [0.4375, -0.25]), (3, "nesterov", [0.3359375, -2.15625], [0.4375, -0.25]),
    ]
    for (updates, mode, new, means) in expected {
      let y = try step(
        "Momentum", after: updates, [values, gradients, self.means], attributes(mode), outputs: 2)
      expect(y[0], isNear: new)
      expect(y[1], isNear: means)
    }
    #expect(throws: OperatorError.self) {
      try step("Momentum", after: 0, [values, gradients, means], attributes("fast"), outputs: 2)
    }
    #expect(throws: OperatorError.self) {
      try step("Momentum", after: 0, [values, gradients], attributes("standard"), outputs: 2)
    }
    #expect(throws: OperatorError.self) {
      try step("Momentum", after: 0, [values, gradients, .counting(3)], attributes("standard"), outputs: 2)
    }
    #expect(throws: OperatorError.self) {
      try step("Momentum", after: 0, [values, gradients, means], [:], outputs: 2)
    }
  }
}
