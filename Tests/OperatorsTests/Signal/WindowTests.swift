import GraphIR
import Operators
import Tensors
import Testing

@Suite("Windows and mel weights")
struct WindowTests {
  /// Expected values from scipy's `signal.windows` (Hamming by hand with 25/46).
  static let cases: [(String, Bool, [Double])] = [
    ("BlackmanWindow", false, [0, 0.34, 1, 0.34, 0]),
    ("HannWindow", true, [0, 0.345492, 0.904508, 0.904508, 0.345492]),
    ("HammingWindow", false, [4.0 / 46, 25.0 / 46, 1, 25.0 / 46, 4.0 / 46]),
  ]

  @Test("Windows", arguments: cases)
  func values(name: String, isPeriodic: Bool, expected: [Double]) throws {
    let window = try call(
      name, opset: 17, [Tensor(scalar: Int32(5))],
      attributes: ["periodic": .int(isPeriodic ? 1 : 0), "output_datatype": .int(11)])[0]
    #expect(window.shape.dimensions == [5])
    #expect(zip(window.elements(of: Double.self), expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test("Sizes that are odd")
  func sizes() throws {
    #expect(try call("HannWindow", opset: 17, [Tensor(scalar: Int64(0))])[0].shape.dimensions == [0])
    let single = try call("HannWindow", opset: 17, [Tensor(scalar: Int64(1))], attributes: ["periodic": .int(0)])[0]
    #expect(single.elements(of: Float.self) == [1])
    for size in [-1, Int.max, 1 << 50] {
      #expect(throws: (any Error).self) { try call("HannWindow", opset: 17, [.list(size)]) }
    }
    #expect(throws: OperatorError.self) {
      try call("HannWindow", opset: 17, [.list(2)], attributes: ["output_datatype": .int(9)])
    }
  }

  /// Expected values from onnxruntime 1.32.
  @Test("Mel weights")
  func melWeights() throws {
    func weights(_ bins: Int, _ length: Int, _ rate: Int, _ low: Float, _ high: Float) throws -> Tensor {
      try call(
        "MelWeightMatrix", opset: 17,
        [.list(bins), .list(length), .list(rate), Tensor(scalar: low), Tensor(scalar: high)])[0]
    }
    expect(
      try weights(3, 10, 8000, 0, 4000),
      isNear: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], shape: [6, 3])
    for (bins, length, rate) in [(0, 10, 8000), (3, 0, 8000), (3, 10, -1), (Int.max, 10, 8000), (3, .max, 8000)] {
      #expect(throws: (any Error).self) { try weights(bins, length, rate, 0, 4000) }
    }
    #expect(throws: OperatorError.self) { try weights(3, 10, 8000, 0, 9e9) }
    #expect(throws: OperatorError.self) { try weights(3, 10, 8000, .nan, 4000) }
    #expect(throws: OperatorError.self) { try weights(3, 10, 8000, 4000, 0) }
  }
}
