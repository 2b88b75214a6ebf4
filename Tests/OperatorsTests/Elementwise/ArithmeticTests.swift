import GraphIR
import Operators
import Tensors
import Testing

@Suite("Elementwise arithmetic")
struct ArithmeticTests {
  @Test func integersWrapAround() throws {
    let a = Tensor.of([2], [UInt8(250), 3])
    let b = Tensor.of([2], [UInt8(10), 5])
    #expect(try call("Add", opset: 14, [a, b])[0].elements(of: UInt8.self) == [4, 8])
    #expect(try call("Sub", opset: 14, [a, b])[0].elements(of: UInt8.self) == [240, 254])
    #expect(try call("Mul", opset: 14, [a, b])[0].elements(of: UInt8.self) == [196, 15])
    #expect(try call("Neg", opset: 13, [.of([1], [Int8.min])])[0].elements(of: Int8.self) == [.min])
    #expect(try call("Abs", opset: 13, [.of([2], [Int8.min, -3])])[0].elements(of: Int8.self) == [.min, 3])
  }

  @Test func integerQuotientsAreRoundedTowardZero() throws {
    let a = Tensor.of([4], [Int32(-7), 7, -7, .min])
    let b = Tensor.of([4], [Int32(2), -2, -2, -1])
    #expect(try call("Div", opset: 14, [a, b])[0].elements(of: Int32.self) == [-3, -3, 3, .min])
  }

  @Test(arguments: ["Div", "Mod"])
  func anIntegerDivisorOfZeroIsRefused(_ name: String) throws {
    let error = try #require(throws: OperatorError.self) { try call(name, opset: 14, [.list(1, 2), .list(1, 0)]) }
    #expect(error.kind == .mismatched)
  }

  // Values from onnxruntime 1.32.
  @Test func modFollowsItsFlag() throws {
    let a = Tensor.of([6], [Int32(-4), 7, 5, 4, -7, 8])
    let b = Tensor.of([6], [Int32(2), -3, 8, -2, 3, 5])
    #expect(try call("Mod", opset: 13, [a, b])[0].elements(of: Int32.self) == [0, -2, 5, 0, 2, 3])
    #expect(
      try call("Mod", opset: 13, [a, b], attributes: ["fmod": .int(1)])[0].elements(of: Int32.self)
        == [0, 1, 5, 0, -1, 3])
    let x = Tensor.of([3], [Float(-4.3), 7.2, -7.2])
    let y = Tensor.of([3], [Float(2.1), -3.4, 3.4])
    expect(
      try call("Mod", opset: 13, [x, y], attributes: ["fmod": .int(1)])[0],
      isNear: [-0.10000038, 0.39999962, -0.39999962])
    #expect(throws: OperatorError.self) { try call("Mod", opset: 13, [x, y]) }
  }

  // Values from onnxruntime 1.32; wrapping and negative powers of integers by hand.
  @Test func powMixesTypes() throws {
    let a = Tensor.of([3], [Float(1.5), 2, -3])
    expect(try call("Pow", opset: 15, [a, .list(2, -1, 3)])[0], isNear: [2.25, 0.5, -27])
    expect(try call("Pow", opset: 15, [a, Tensor(scalar: Float(2))])[0], isNear: [2.25, 4, 9], shape: [3])
    let whole = Tensor.of([3], [Int32(2), 9, 3])
    let halves = Tensor.of([3], [Float(0.5), 0.5, 2])
    #expect(try call("Pow", opset: 15, [whole, halves])[0].elements(of: Int32.self) == [1, 3, 9])
    let bases = Tensor.of([5], [Int32(3), -1, -1, 0, 2])
    let powers = Tensor.of([5], [Int32(21), -3, -4, -1, 32])
    #expect(
      try call("Pow", opset: 15, [bases, powers])[0].elements(of: Int32.self) == [1_870_418_611, -1, 1, 0, 0])
  }

  typealias Case = (name: String, opset: Int, x: [Float], expected: [Float])

  /// Expected values from onnxruntime 1.32, those of plain arithmetic by hand.
  static let functions: [Case] = [
    ("Sin", 7, [0.1, 0.5, 0.9], [0.099833421, 0.47942555, 0.78332692]),
    ("Cos", 7, [0.1, 0.5, 0.9], [0.99500418, 0.87758255, 0.62160999]),
    ("Tan", 7, [0.1, 0.5, 0.9], [0.10033467, 0.5463025, 1.2601582]),
    ("Asin", 7, [0.1, 0.5, 0.9], [0.10016742, 0.52359879, 1.1197695]),
    ("Acos", 7, [0.1, 0.5, 0.9], [1.4706289, 1.0471976, 0.45102686]),
    ("Atan", 7, [0.1, 0.5, 0.9], [0.099668652, 0.4636476, 0.73281509]),
    ("Sinh", 9, [0.1, 0.5, 0.9], [0.10016675, 0.52109528, 1.0265167]),
    ("Cosh", 9, [0.1, 0.5, 0.9], [1.0050042, 1.1276259, 1.4330864]),
    ("Asinh", 9, [0.1, 0.5, 0.9], [0.099834077, 0.48121184, 0.80886686]),
    ("Acosh", 9, [1.1, 1.5, 1.9], [0.44356829, 0.96242368, 1.2571958]),
    ("Atanh", 9, [0.1, 0.5, 0.9], [0.10033534, 0.54930615, 1.4722193]),
    ("Round", 11, [0.5, 1.5, 2.5, -0.5, -1.5, 2.4], [0, 2, 2, 0, -2, 2]),
    ("Floor", 13, [-1.5, 1.5, 2], [-2, 1, 2]), ("Ceil", 13, [-1.5, 1.5, 2], [-1, 2, 2]),
    ("Sqrt", 13, [4, 2.25, 0], [2, 1.5, 0]), ("Reciprocal", 13, [4, -0.5, 1], [0.25, -2, 1]),
    ("Exp", 13, [0, 1, -1], [1, 2.7182817, 0.36787945]), ("Log", 13, [1, 2.7182817, 0.5], [0, 1, -0.6931472]),
    ("Sign", 13, [-3, 0, 0.5], [-1, 0, 1]), ("Neg", 13, [-3, 0, 0.5], [3, 0, -0.5]),
    ("Abs", 13, [-3, 0, 0.5], [3, 0, 0.5]),
  ]

  @Test(arguments: functions.indices)
  func functionsGiveTheKnownValues(_ index: Int) throws {
    let item = ArithmeticTests.functions[index]
    let y = try call(item.name, opset: item.opset, [.of([item.x.count], item.x)])[0]
    expect(y, isNear: item.expected, "\(item.name)")
  }

  @Test func variadicOperatorsTakeAnyNumber() throws {
    let inputs = [Tensor.of([3], [Float(1), 5, .nan]), .of([1], [Float(3)]), .of([3], [Float(2), 4, 0])]
    expect(Tensor.of([2], Array(try call("Sum", opset: 8, inputs)[0].elements(of: Float.self)[..<2])), isNear: [6, 12])
    expect(Tensor.of([2], Array(try call("Mean", opset: 8, inputs)[0].elements(of: Float.self)[..<2])), isNear: [2, 4])
    for name in ["Max", "Min"] {
      let y = try call(name, opset: 8, inputs)[0].elements(of: Float.self)
      #expect(y[2].isNaN)
      #expect(Array(y[..<2]) == (name == "Max" ? [3, 5] : [1, 3]))
    }
    #expect(throws: OperatorError.self) { try call("Sum", opset: 6, inputs) }
    #expect(throws: OperatorError.self) { try call("Sum", opset: 8, []) }
  }
}
