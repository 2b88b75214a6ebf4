import GraphIR
import Operators
import Tensors
import Testing

/// Expected values from onnxruntime 1.32, without its fusions.
@Suite("Quantized operators of onnxruntime's domain")
struct OnnxRuntimeQuantizationTests {
  private let x = Tensor.of([8], [UInt8]([0, 7, 30, 90, 128, 131, 200, 255]))
  private let image = Tensor.of([1, 2, 3, 3], (0..<18).map { UInt8($0 * 7 % 23) })
  private let a = Tensor.of([2, 3], [UInt8]([0, 50, 100, 150, 200, 255]))
  private let b = Tensor.of([3], [UInt8]([10, 128, 250]))

  private func callOne(
    _ name: String, _ inputs: [Tensor?], attributes: [String: Attribute] = [:]
  ) throws -> Tensor {
    try call(name, domain: "com.microsoft", opset: 1, inputs, attributes: attributes)[0]
  }

  private func scale(_ value: Float) -> Tensor { Tensor(scalar: value) }
  private func zero(_ value: UInt8) -> Tensor { Tensor(scalar: value) }

  @Test("Functions of one tensor")
  func functions() throws {
    let sigmoid = try callOne("QLinearSigmoid", [x, scale(0.05), zero(128), scale(1 / 256), zero(0)])
    #expect(sigmoid.elements(of: UInt8.self) == [0, 1, 2, 33, 128, 138, 249, 255])
    let signed = Tensor.of([8], x.elements(of: UInt8.self).map { Int8(bitPattern: $0) })
    let without = try callOne(
      "QLinearSigmoid", [signed, scale(0.05), nil, scale(1 / 256), Tensor(scalar: Int8(-128))])
    #expect(without.elements(of: Int8.self) == [0, 22, 81, 125, -128, -128, -113, -3])
    let leaky = try callOne(
      "QLinearLeakyRelu", [x, scale(0.05), zero(128), scale(0.03), zero(20)], attributes: ["alpha": .float(0.1)])
    #expect(leaky.elements(of: UInt8.self) == [0, 0, 4, 14, 20, 25, 140, 232])
  }

  @Test("Softmax along an axis, and of all axes behind one")
  func softmax() throws {
    let quantization = [scale(0.02), zero(128), scale(1 / 256), zero(0)]
    let last = try callOne(
      "QLinearSoftmax", [try x.reshaped(to: Shape([2, 4]))] + quantization,
      attributes: ["axis": .int(-1), "opset": .int(13)])
    #expect(last.elements(of: UInt8.self) == [26, 29, 47, 155, 14, 14, 57, 171])
    let flat = try callOne(
      "QLinearSoftmax", [try x.reshaped(to: Shape([1, 2, 4]))] + quantization,
      attributes: ["axis": .int(1), "opset": .int(11)])
    #expect(flat.elements(of: UInt8.self) == [1, 1, 2, 6, 13, 14, 55, 164])
  }

  @Test("Pools")
  func pools() throws {
    let mean = try callOne("QLinearGlobalAveragePool", [image, scale(0.1), zero(9), scale(0.02), zero(100)])
    #expect(mean.shape.dimensions == [1, 2, 1, 1] && mean.elements(of: UInt8.self) == [106, 114])
    var attributes: [String: Attribute] = [
      "kernel_shape": .ints([2, 2]), "pads": .ints([1, 0, 0, 1]), "strides": .ints([1, 2]),
    ]
    let inputs = [image, scale(0.1), zero(9), scale(0.05), zero(100)]
    let windows = try callOne("QLinearAveragePool", inputs, attributes: attributes)
    #expect(windows.elements(of: UInt8.self) == [89, 110, 98, 108, 106, 104, 100, 98, 110, 96, 117, 92])
    attributes["count_include_pad"] = .int(1)
    let padded = try callOne("QLinearAveragePool", inputs, attributes: attributes)
    #expect(padded.elements(of: UInt8.self) == [94, 102, 98, 104, 106, 102, 100, 100, 110, 98, 117, 96])
  }

  @Test("Arithmetic that broadcasts")
  func arithmetic() throws {
    let sum = try callOne(
      "QLinearAdd", [a, scale(0.1), zero(100), b, scale(0.03), zero(128), scale(0.12), zero(90)])
    #expect(sum.elements(of: UInt8.self) == [0, 48, 120, 102, 173, 250])
    let product = try callOne(
      "QLinearMul", [a, scale(0.1), zero(100), b, scale(0.03), zero(128), scale(0.3), zero(120)])
    #expect(product.elements(of: UInt8.self) == [238, 120, 120, 61, 120, 255])
  }

  @Test("Parts of other scales one after the other")
  func concatenation() throws {
    let row = try b.reshaped(to: Shape([1, 3]))
    let joined = try callOne(
      "QLinearConcat", [scale(0.1), zero(90), a, scale(0.07), zero(100), row, scale(0.2), zero(128)],
      attributes: ["axis": .int(0)])
    #expect(joined.shape.dimensions == [3, 3])
    #expect(joined.elements(of: UInt8.self) == [20, 55, 90, 125, 160, 198, 0, 90, 255])
  }

  @Test("Matrix products with a sum, quantized or not")
  func products() throws {
    let a = Tensor.of([3, 4], [UInt8]([0, 7, 14, 21, 19, 3, 10, 17, 15, 22, 6, 13]))
    let b = Tensor.of([4, 2], [Int8]([-5, 0, 4, -2, 2, -4, 0, 5]))
    let c = Tensor.of([2], [Int32]([20, -30]))
    let left = [a, scale(0.1), zero(9)]
    let whole = try callOne(
      "QGemm", left + [b, scale(0.2), Tensor(scalar: Int8(1)), c, scale(0.05), zero(120)])
    #expect(whole.elements(of: UInt8.self) == [144, 123, 94, 122, 126, 102])
    let transposed = Tensor.of([2, 4], [Int8]([-5, 4, 2, 0, 0, -2, -4, 5]))
    let columns = try callOne(
      "QGemm",
      left + [transposed, .of([2], [Float]([0.2, 0.7])), .of([2], [Int8]([0, 0])), c, scale(0.5), zero(120)],
      attributes: ["transB": .int(1), "alpha": .float(0.5)])
    #expect(columns.elements(of: UInt8.self) == [121, 121, 119, 121, 121, 118])
    let real = try callOne(
      "QGemm", left + [b, scale(0.2), Tensor(scalar: Int8(1)), c], attributes: ["alpha": .float(2)])
    for (found, expected) in zip(real.elements(of: Float.self), [2.44, 0.32, -2.6, 0.2, 0.64, -1.76] as [Float]) {
      #expect(abs(found - expected) < 1e-6)
    }
  }

  @Test("Scales by channel, missing inputs and unknown layouts are refused")
  func refuses() {
    let pair = Tensor.of([2], [Float]([1, 1]))
    #expect(throws: OperatorError.self) {
      try callOne("QLinearSigmoid", [x, pair, zero(0), scale(1), zero(0)])
    }
    #expect(throws: OperatorError.self) { try callOne("QLinearSoftmax", [x, scale(1), nil, scale(1), nil]) }
    #expect(throws: OperatorError.self) { try callOne("QLinearConcat", [scale(1), zero(0), a, scale(1)]) }
    #expect(throws: OperatorError.self) {
      try callOne(
        "QLinearGlobalAveragePool", [image, scale(1), nil, scale(1), nil], attributes: ["channels_last": .int(1)])
    }
    #expect(throws: OperatorError.self) {
      try callOne("QLinearAdd", [a, scale(1), nil, b, scale(1), nil, scale(1), Tensor(scalar: Int8(0))])
    }
  }
}
