import GraphIR
import Operators
import Tensors
import Testing

@Suite("Broadcasting of elementwise operators")
struct BroadcastingTests {
  /// Where the element of a broadcast operand stands for the result's element `index`, axis by axis from the last.
  private func place(_ index: Int, in operand: [Int], of result: [Int]) -> Int {
    var rest = index
    var place = 0
    var step = 1
    for (axis, extent) in result.reversed().enumerated() {
      let coordinate = rest % extent
      rest /= extent
      guard axis < operand.count else { continue }
      let own = operand[operand.count - 1 - axis]
      if own != 1 { place += coordinate * step }
      step *= own
    }
    return place
  }

  /// Equal shapes, a scalar, channels, suffixes, both sides, long runs that are split, and many short ones.
  static let shapes: [([Int], [Int], [Int])] = [
    ([2, 3], [2, 3], [2, 3]), ([2, 3], [], [2, 3]), ([], [2, 3], [2, 3]), ([], [], []),
    ([2, 3, 4], [3, 1], [2, 3, 4]),
    ([2, 3, 4], [4], [2, 3, 4]), ([4], [2, 3, 4], [2, 3, 4]), ([2, 1, 3], [2, 1], [2, 2, 3]),
    ([3, 1, 5, 1], [2, 1, 4], [3, 2, 5, 4]), ([1, 1], [1], [1, 1]), ([2, 20_000], [2, 1], [2, 20_000]),
    ([40_001], [1], [40_001]), ([9_000, 3], [3], [9_000, 3]), ([9_000, 3], [9_000, 1], [9_000, 3]),
    ([0, 3], [3], [0, 3]), ([2, 0], [1, 1], [2, 0]), ([5, 1, 7], [5, 6, 1], [5, 6, 7]),
  ]

  @Test(arguments: shapes)
  func subMatchesAxisByAxis(_ a: [Int], _ b: [Int], _ result: [Int]) throws {
    let left = (0..<a.reduce(1, *)).map { Int32($0 * 7 % 1009) }
    let right = (0..<b.reduce(1, *)).map { Int32($0 * 5 % 499) }
    let y = try call("Sub", opset: 14, [.of(a, left), .of(b, right)])[0]
    #expect(y.shape.dimensions == result)
    let expected = (0..<result.reduce(1, *)).map {
      left[place($0, in: a, of: result)] - right[place($0, in: b, of: result)]
    }
    #expect(y.elements(of: Int32.self) == expected)
  }

  @Test func whereTakesThreeShapes() throws {
    let condition = Tensor.of([2, 1, 1], [true, false])
    let x = Tensor.of([3, 1], [Int64(1), 2, 3])
    let y = Tensor.of([2], [Int64(10), 20])
    let result = try call("Where", opset: 16, [condition, x, y])[0]
    #expect(result.shape.dimensions == [2, 3, 2])
    #expect(result.elements(of: Int64.self) == [1, 1, 2, 2, 3, 3, 10, 20, 10, 20, 10, 20])
    let texts = try call(
      "Where", opset: 16, [.of([2], [true, false]), Tensor(.scalar, strings: ["a"]), Tensor(.scalar, strings: ["b"])])
    #expect(texts[0].strings == ["a", "b"])
  }

  @Test func refusesShapesThatDoNotFit() {
    #expect(throws: (any Error).self) { try call("Add", opset: 14, [.counting(2, 3), .counting(2)]) }
  }

  @Test func oldVersionsBroadcastFromAnAxis() throws {
    let a = Tensor.counting(2, 3, 2)
    let b = Tensor.of([3], [Float(10), 20, 30])
    let y = try call("Add", opset: 6, [a, b], attributes: ["broadcast": .int(1), "axis": .int(1)])[0]
    expect(y, isNear: [10, 11, 22, 23, 34, 35, 16, 17, 28, 29, 40, 41], shape: [2, 3, 2])
    let suffix = try call("Mul", opset: 1, [a, .of([2], [Float(1), 0])], attributes: ["broadcast": .int(1)])[0]
    expect(suffix, isNear: [0, 0, 2, 0, 4, 0, 6, 0, 8, 0, 10, 0])
    #expect(throws: OperatorError.self) { try call("Add", opset: 6, [a, b]) }
    #expect(throws: OperatorError.self) {
      try call("Add", opset: 6, [a, b], attributes: ["broadcast": .int(1), "axis": .int(2)])
    }
  }

  @Test func theBitsDoNotDependOnTheThreads() throws {
    let a = Tensor.of([3, 50_000], (0..<150_000).map { Float($0).squareRoot() })
    let b = Tensor.of([3, 1], [Float(0.1), 0.2, 0.3])
    let one = try call("Div", opset: 14, [a, b], threads: 1)[0].elements(of: Float.self)
    #expect(try call("Div", opset: 14, [a, b], threads: 4)[0].elements(of: Float.self) == one)
  }
}
