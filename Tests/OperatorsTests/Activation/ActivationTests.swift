import GraphIR
import Operators
import Tensors
import Testing

@Suite("Activations")
struct ActivationTests {
  typealias Case = (name: String, opset: Int, attributes: [String: Attribute], expected: [Float])

  static let x: [Float] = [-3, -1, -0.25, 0, 0.5, 2, 7]

  /// Expected values from onnxruntime 1.32.
  static let cases: [Case] = [
    ("Relu", 14, [:], [0, 0, 0, 0, 0.5, 2, 7]),
    ("Sigmoid", 13, [:], [0.047425866, 0.26894143, 0.4378235, 0.5, 0.62245929, 0.88079709, 0.99908894]),
    ("Tanh", 13, [:], [-0.99505472, -0.76159418, -0.24491866, 0, 0.46211717, 0.96402758, 0.99999833]),
    ("HardSigmoid", 6, ["alpha": .float(0.3)], [0, 0.19999999, 0.42500001, 0.5, 0.64999998, 1, 1]),
    ("HardSwish", 14, [:], [0, -0.33333331, -0.11458334, 0, 0.29166666, 1.6666667, 7]),
    ("Gelu", 20, [:], [-0.0040496886, -0.15865526, -0.10032342, 0, 0.34573123, 1.9544997, 7]),
    (
      "Gelu", 20, ["approximate": .string(Array("tanh".utf8))],
      [-0.0036375225, -0.15880796, -0.10032465, 0, 0.345714, 1.9545977, 7]
    ),
    ("Erf", 13, [:], [-0.99997789, -0.84270078, -0.27632639, 0, 0.52049989, 0.99532229, 1]),
    ("LeakyRelu", 16, ["alpha": .float(0.1)], [-0.30000001, -0.1, -0.025, 0, 0.5, 2, 7]),
    ("Elu", 6, ["alpha": .float(2)], [-1.9004259, -1.2642411, -0.44239843, 0, 0.5, 2, 7]),
    ("Selu", 6, [:], [-1.6705687, -1.1113307, -0.38889018, 0, 0.52535051, 2.101402, 7.354907]),
    ("Celu", 12, ["alpha": .float(0.5)], [-0.49876061, -0.43233237, -0.19673467, 0, 0.5, 2, 7]),
    ("ThresholdedRelu", 10, ["alpha": .float(0.4)], [0, 0, 0, 0, 0.5, 2, 7]),
    ("Softplus", 1, [:], [0.048587356, 0.31326169, 0.57593948, 0.69314718, 0.97407699, 2.1269281, 7.0009112]),
    ("Softsign", 1, [:], [-0.75, -0.5, -0.2, 0, 0.33333334, 0.66666669, 0.875]),
    ("Mish", 18, [:], [-0.14564745, -0.30340144, -0.12992696, 0, 0.37524524, 1.943959, 6.999989]),
    (
      "Swish", 24, ["alpha": .float(1.5)],
      [-0.032960862, -0.18242556, -0.10183335, 0, 0.33958936, 1.9051483, 6.9998078]
    ),
    ("Shrink", 9, ["lambd": .float(0.4), "bias": .float(0.1)], [-2.9, -0.9, 0, 0, 0.4, 1.9, 6.9]),
    ("Clip", 6, ["min": .float(-1), "max": .float(1.5)], [-1, -1, -0.25, 0, 0.5, 1.5, 1.5]),
  ]

  @Test(arguments: cases.indices)
  func givesOnnxruntimesValues(_ index: Int) throws {
    let item = ActivationTests.cases[index]
    let y = try call(item.name, opset: item.opset, [.of([7], ActivationTests.x)], attributes: item.attributes)
    expect(y[0], isNear: item.expected, shape: [7], "\(item.name)")
  }

  @Test(arguments: ["Relu", "Sigmoid", "Tanh", "HardSwish", "LeakyRelu", "Elu", "Celu", "Softplus", "HardSigmoid"])
  func keepsNaN(_ name: String) throws {
    let y = try call(name, opset: 14, [.of([2], [Float.nan, 1])])[0].elements(of: Float.self)
    #expect(y[0].isNaN && !y[1].isNaN)
  }

  @Test func reluTakesIntegersAndHalves() throws {
    #expect(try call("Relu", opset: 14, [.of([3], [Int8(-128), 0, 5])])[0].elements(of: Int8.self) == [0, 0, 5])
    #expect(try call("Relu", opset: 14, [.of([2], [Float16(-1), 2])])[0].elements(of: Float16.self) == [0, 2])
  }

  @Test func sigmoidRefusesIntegers() {
    #expect(throws: OperatorError.self) { try call("Sigmoid", opset: 13, [.list(1, 2)]) }
  }

  @Test func clipTakesBoundsFromInputs() throws {
    let x = Tensor.of([4], [Int32(-5), 0, 5, 9])
    let low = Tensor(scalar: Int32(-1))
    let high = Tensor(scalar: Int32(6))
    #expect(try call("Clip", opset: 12, [x, low, high])[0].elements(of: Int32.self) == [-1, 0, 5, 6])
    #expect(try call("Clip", opset: 12, [x, nil, high])[0].elements(of: Int32.self) == [-5, 0, 5, 6])
    #expect(try call("Clip", opset: 12, [x])[0].elements(of: Int32.self) == [-5, 0, 5, 9])
    #expect(throws: OperatorError.self) { try call("Clip", opset: 12, [x, .of([2], [Int32(0), 1])]) }
    #expect(throws: OperatorError.self) { try call("Clip", opset: 12, [x, Tensor(scalar: Float(0))]) }
  }

  // Values from onnxruntime 1.32, and the first column of versions below 7 by hand.
  @Test func pReluBroadcastsItsSlope() throws {
    let x = Tensor.of([1, 2, 2], [Float(-1), 2, -3, 4])
    let y = try call("PRelu", opset: 16, [x, .of([2, 1], [Float(0.5), 0.25])])[0]
    expect(y, isNear: [-0.5, 2, -0.75, 4])
    expect(try call("PRelu", opset: 6, [x, .of([2], [Float(0.5), 0.25])])[0], isNear: [-0.5, 2, -0.75, 4])
    expect(try call("PRelu", opset: 6, [x, .of([1], [Float(0.5)])])[0], isNear: [-0.5, 2, -1.5, 4])
    #expect(throws: OperatorError.self) { try call("PRelu", opset: 16, [x, .of([2, 1, 1], [Float(1), 1])]) }
  }

  // Values from the onnx 1.23.2 reference evaluator.
  @Test func swiGLUGatesTheSecondInput() throws {
    let y = try call(
      "SwiGLU", opset: 28, [.of([2], [Float(-1), 2]), .of([2], [Float(3), 0.5])], attributes: ["alpha": .float(0.5)])
    expect(y[0], isNear: [-1.132622, 0.7310586])
  }

  @Test func dropoutPassesItsInputOn() throws {
    let x = Tensor.of([3], [Float(1), 2, 3])
    let old = try call("Dropout", opset: 7, [x], outputs: 2)
    #expect(old[0].elements(of: Float.self) == [1, 2, 3] && old[1].elements(of: Float.self) == [1, 1, 1])
    let outputs = try call("Dropout", opset: 13, [x, Tensor(scalar: Float(0.5)), Tensor(scalar: false)], outputs: 2)
    #expect(outputs[0].elements(of: Float.self) == [1, 2, 3])
    #expect(outputs[1].elements(of: Bool.self) == [true, true, true])
  }

  /// The mask is where numpy.random.RandomState(7).uniform(0, 1, 5) is not below 0.5; what is kept is doubled.
  @Test func dropoutDropsWhereTheModelIsTraining() throws {
    let x = Tensor.of([5], [Float(1), 2, 3, 4, 5])
    func drop(_ ratio: Tensor?, seed: Int64 = 7, outputs: Int = 2) throws -> [Tensor] {
      try call(
        "Dropout", opset: 13, [x, ratio, Tensor(scalar: true)], attributes: ["seed": .int(seed)], outputs: outputs)
    }
    let dropped = try drop(nil)
    #expect(dropped[0].elements(of: Float.self) == [0, 4, 0, 8, 10])
    #expect(dropped[1].elements(of: Bool.self) == [false, true, false, true, true])
    #expect(try drop(Tensor(scalar: Float(0)))[0].elements(of: Float.self) == [1, 2, 3, 4, 5])
    for ratio in [Float(1), -0.5, .nan] {
      #expect(throws: OperatorError.self) { try drop(Tensor(scalar: ratio)) }
    }
    #expect(throws: OperatorError.self) { try call("Dropout", opset: 6, [x]) }
  }
}
