import Operators
import Tensors
import Testing

struct DetTests {
  /// Expected values from numpy 2.3.
  @Test func determinants() throws {
    let y = try call("Det", opset: 11, [.pattern([2, 3, 3], step: 5, modulus: 11, offset: 4)])
    expect(y[0], isNear: [-176, 44], shape: [2])
  }

  /// By hand.
  @Test func edges() throws {
    expect(try call("Det", opset: 22, [.of([2, 2], [Float(0), 2, 3, 4])])[0], isNear: [-6], shape: [])
    expect(try call("Det", opset: 22, [.of([2, 2], [Float(1), 2, 2, 4])])[0], isNear: [0])
    expect(try call("Det", opset: 22, [.of([2, 0, 0], [Float]())])[0], isNear: [1, 1])
    #expect(try call("Det", opset: 22, [.of([1, 1], [Float.nan])])[0].elements(of: Float.self)[0].isNaN)
    #expect(throws: OperatorError.self) { try call("Det", opset: 22, [.counting(2, 3)]) }
    #expect(throws: OperatorError.self) { try call("Det", opset: 22, [.counting(4)]) }
    #expect(throws: OperatorError.self) { try call("Det", opset: 22, [.of([1, 1], [Int64(1)])]) }
  }
}
