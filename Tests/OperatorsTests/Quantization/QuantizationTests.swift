import GraphIR
import Operators
import Tensors
import Testing

/// Expected values from onnxruntime 1.32.
@Suite("Linear quantization")
struct QuantizationTests {
  private let x = Tensor.of([2, 3], [Float]([-3, 0.5, 1.5, 2.5, 400, -0.25]))
  private let q = Tensor.of([2, 6], [Int8](-6...5))

  @Test("One scale, and one for each column")
  func quantize() throws {
    let whole = try call("QuantizeLinear", opset: 10, [x, Tensor(scalar: Float(0.5)), Tensor(scalar: UInt8(10))])[0]
    #expect(whole.elements(of: UInt8.self) == [4, 11, 13, 15, 255, 10])
    let columns = try call(
      "QuantizeLinear", opset: 13, [x, .of([3], [Float]([1, 2, 0.25])), .of([3], [Int8]([0, -5, 7]))],
      attributes: ["axis": .int(-1)])[0]
    #expect(columns.elements(of: Int8.self) == [-3, -5, 13, 2, 127, 6])
  }

  @Test("Back again by rows and by blocks")
  func dequantize() throws {
    let rows = try call(
      "DequantizeLinear", opset: 13, [q, .of([2], [Float]([0.5, 2])), .of([2], [Int8]([1, -1]))],
      attributes: ["axis": .int(0)])[0]
    #expect(rows.elements(of: Float.self) == [-3.5, -3, -2.5, -2, -1.5, -1, 2, 4, 6, 8, 10, 12])
    let blocks = try call(
      "DequantizeLinear", opset: 21,
      [q, .of([2, 3], [Float]([1, 2, 3, 4, 5, 6])), .of([2, 3], [Int8]([0, 0, 0, 1, 1, 1]))],
      attributes: ["axis": .int(1), "block_size": .int(2)])[0]
    #expect(blocks.elements(of: Float.self) == [-6, -5, -8, -6, -6, -3, -4, 0, 5, 10, 18, 24])
    let halves = try call("DequantizeLinear", opset: 19, [q, Tensor(scalar: Float16(0.5))])[0]
    #expect(halves.elements(of: Float16.self).first == -3)
  }

  @Test("A scale that fits the input")
  func dynamic() throws {
    let y = try call("DynamicQuantizeLinear", opset: 11, [x], outputs: 3)
    #expect(y[0].elements(of: UInt8.self) == [0, 2, 3, 4, 255, 2])
    #expect(y[1].elements(of: Float.self) == [1.5803921])
    #expect(y[2].elements(of: UInt8.self) == [2])
    let zeros = try call("DynamicQuantizeLinear", opset: 11, [.of([2], [Float]([0, 0]))], outputs: 3)
    #expect(zeros[0].elements(of: UInt8.self) == [0, 0])
  }

  private let image = Tensor.of([1, 2, 3, 3], (0..<18).map { UInt8($0 * 7 % 23) })
  private let weights = Tensor.of([2, 2, 2, 2], (0..<16).map { Int8($0 * 5 % 11 - 5) })

  @Test("Convolutions")
  func convolutions() throws {
    let y = try call(
      "QLinearConv", opset: 10,
      [
        image, Tensor(scalar: Float(0.1)), Tensor(scalar: UInt8(9)), weights, .of([2], [Float]([0.2, 0.05])),
        .of([2], [Int8]([0, 0])), Tensor(scalar: Float(0.3)), Tensor(scalar: UInt8(100)),
        .of([2], [Int32]([20, -300])),
      ], attributes: ["pads": .ints([0, 1, 0, 0])])[0]
    #expect(y.shape.dimensions == [1, 2, 2, 3])
    #expect(y.elements(of: UInt8.self) == [98, 110, 102, 99, 100, 108, 96, 95, 94, 94, 98, 94])
    let bytes = Tensor.of([2, 2, 2, 2], weights.elements(of: Int8.self).map { UInt8(bitPattern: $0) })
    let sums = try call(
      "ConvInteger", opset: 10, [image, bytes, Tensor(scalar: UInt8(9)), Tensor(scalar: UInt8(3))])[0]
    #expect(sums.elements(of: Int32.self) == [-1960, -772, 7515, -2751, -20, 5294, -1489, 3733])
  }

  @Test("Matrix products")
  func matrixProducts() throws {
    let a = Tensor.of([3, 4], [UInt8]([0, 7, 14, 21, 19, 3, 10, 17, 15, 22, 6, 13]))
    let b = Tensor.of([4, 2], [Int8]([-5, 0, 4, -2, 2, -4, 0, 5]))
    let sums = try call(
      "MatMulInteger", opset: 10, [a, b, Tensor(scalar: UInt8(9)), .of([2], [Int8]([1, -2]))])[0]
    #expect(sums.elements(of: Int32.self) == [41, 56, -85, 74, -4, 46])
    let y = try call(
      "QLinearMatMul", opset: 21,
      [
        a, Tensor(scalar: Float(0.1)), Tensor(scalar: UInt8(9)), b, .of([2], [Float]([0.2, 0.7])),
        .of([2], [Int8]([0, 0])), Tensor(scalar: Float(0.5)), Tensor(scalar: UInt8(120)),
      ])[0]
    #expect(y.elements(of: UInt8.self) == [122, 126, 117, 127, 121, 121])
  }

  @Test("Scales, zero points and types that do not fit are refused")
  func refuses() {
    let pair = Tensor.of([2], [Float]([1, 1]))
    #expect(throws: OperatorError.self) { try call("QuantizeLinear", opset: 13, [x, pair]) }
    #expect(throws: OperatorError.self) {
      try call("QuantizeLinear", opset: 13, [x, pair], attributes: ["axis": .int(2)])
    }
    #expect(throws: OperatorError.self) {
      try call("QuantizeLinear", opset: 21, [x, .counting(2, 2)], attributes: ["block_size": .int(-1)])
    }
    #expect(throws: OperatorError.self) {
      try call("QuantizeLinear", opset: 21, [x, .counting(2, 2)], attributes: ["block_size": .int(3)])
    }
    #expect(throws: OperatorError.self) {
      try call("QuantizeLinear", opset: 21, [x, Tensor(scalar: Float(1))], attributes: ["output_dtype": .int(24)])
    }
    #expect(throws: OperatorError.self) { try call("DequantizeLinear", opset: 13, [q, Tensor(scalar: Int8(1))]) }
    #expect(throws: (any Error).self) {
      try call(
        "MatMulInteger", opset: 10,
        [.of([2, 2], [UInt8](0...3)), .of([2, 2], [UInt8](0...3)), .of([3], [UInt8](0...2))])
    }
    #expect(throws: OperatorError.self) { try call("MatMulInteger", opset: 10, [x, x]) }
  }
}
