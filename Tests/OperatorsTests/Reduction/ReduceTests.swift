import GraphIR
import Operators
import Tensors
import Testing

@Suite("Reductions")
struct ReduceTests {
  /// ((7i mod 11) − 4) for i in 0 ..< 24, as 2×3×4.
  static let x = Tensor.of([2, 3, 4], (0..<24).map { Float($0 * 7 % 11 - 4) })

  /// Expected values from NumPy 2 and `scipy.special.logsumexp` in double precision, rounded to 1e-6.
  @Test(
    "Along an inner axis and along two outer ones",
    arguments: [
      ("ReduceL1", [9, 9, 6, 11, 9, 6, 11, 8], [26, 21, 22]),
      (
        "ReduceL2", [5.385165, 5.385165, 5.09902, 7.28011, 5.385165, 5.09902, 7.28011, 4.690416],
        [10.583005, 8.544004, 9.055385]
      ),
      (
        "ReduceLogSumExp", [2.009174, 4.315072, 5.009174, 6.00676, 4.315072, 5.009174, 6.00676, 3.315072],
        [6.751302, 5.736483, 4.878004]
      ),
      ("ReduceMax", [2, 4, 5, 6, 4, 5, 6, 3], [6, 5, 4]),
      ("ReduceMean", [-1.666667, 1.666667, 1.333333, 1, 1.666667, 1.333333, 1, 0.666667], [1.75, 0.875, 0]),
      ("ReduceMin", [-4, -2, -1, -4, -2, -1, -4, -3], [-4, -3, -4]),
      ("ReduceProd", [24, -24, 0, -24, -24, 0, -24, -18], [-2592, -600, 0]),
      ("ReduceSum", [-5, 5, 4, 3, 5, 4, 3, 2], [14, 7, 0]),
      ("ReduceSumSquare", [29, 29, 26, 53, 29, 26, 53, 22], [112, 73, 82]),
    ] as [(String, [Float], [Float])])
  func values(name: String, inner: [Float], outer: [Float]) throws {
    let along1 = try call(name, opset: 18, [Self.x, .list(1)])[0]
    #expect(along1.shape.dimensions == [2, 1, 4])
    #expect(zip(along1.elements(of: Float.self), inner).allSatisfy { abs($0 - $1) < 2e-6 })
    let along02 = try call(name, opset: 18, [Self.x, .list(0, -1)], attributes: ["keepdims": .int(0)])[0]
    #expect(along02.shape.dimensions == [3])
    #expect(zip(along02.elements(of: Float.self), outer).allSatisfy { abs($0 - $1) < 2e-6 })
    let older = try call(name, opset: 11, [Self.x], attributes: ["axes": .ints([0, 2]), "keepdims": .int(0)])[0]
    #expect(older.elements(of: Float.self) == along02.elements(of: Float.self))
  }

  @Test("No axes: all of them, or none")
  func noAxes() throws {
    let all = try call("ReduceSum", opset: 13, [Self.x])[0]
    #expect(all.shape.dimensions == [1, 1, 1])
    #expect(all.elements(of: Float.self) == [21])
    let none = try call("ReduceSumSquare", opset: 18, [Self.x], attributes: ["noop_with_empty_axes": .int(1)])[0]
    #expect(none.shape == Self.x.shape)
    #expect(none.elements(of: Float.self) == Self.x.elements(of: Float.self).map { $0 * $0 })
  }

  /// The neutral elements that the specification names.
  @Test(
    "Nothing to reduce",
    arguments: [
      ("ReduceSum", 0), ("ReduceProd", 1), ("ReduceMax", -Float.infinity), ("ReduceMin", .infinity), ("ReduceL2", 0),
      ("ReduceLogSum", -.infinity), ("ReduceLogSumExp", -.infinity),
    ] as [(String, Float)])
  func empty(name: String, expected: Float) throws {
    let y = try call(name, opset: 20, [.counting(2, 0), .list(1)])[0]
    #expect(y.elements(of: Float.self) == [expected, expected])
  }

  @Test("Element types")
  func types() throws {
    let integers = try call("ReduceSum", opset: 13, [.of([2], [Int64.max - 1, 1])])[0]
    #expect(integers.elements(of: Int64.self) == [.max])
    let halves = try call("ReduceMean", opset: 13, [.of([3], [Float16(60000), 60000, 60000])])[0]
    #expect(halves.elements(of: Float16.self) == [60000])
    let brain = try call("ReduceMax", opset: 13, [.of([2], [BFloat16(-1), BFloat16(-3)])])[0]
    #expect(brain.elements(of: BFloat16.self) == [BFloat16(-1)])
    let truths = try call("ReduceMax", opset: 20, [.of([2, 2], [false, true, false, false]), .list(1)])[0]
    #expect(truths.elements(of: Bool.self) == [true, false])
    let all = try call("ReduceMin", opset: 20, [.of([2, 2], [false, true, true, true]), .list(1)])[0]
    #expect(all.elements(of: Bool.self) == [false, true])
    #expect(throws: OperatorError.self) { try call("ReduceSum", opset: 20, [.of([1], [true])]) }
    #expect(throws: OperatorError.self) { try call("ReduceMax", opset: 20, [Tensor(.scalar, strings: ["a"])]) }
  }

  @Test("Extremes that a plain sum of exponentials, or of single-precision numbers, would lose")
  func precision() throws {
    let large = try call("ReduceLogSumExp", opset: 13, [.of([2], [Float(1000), 1000])])[0]
    #expect(abs(large.elements(of: Float.self)[0] - 1000.6931) < 1e-3)
    let infinite = try call("ReduceLogSumExp", opset: 13, [.of([2], [Float.infinity, 0])])[0]
    #expect(infinite.elements(of: Float.self) == [.infinity])
    let ones = Tensor.of([1 << 25], [Float](repeating: 1, count: 1 << 25))
    #expect(try call("ReduceSum", opset: 13, [ones])[0].elements(of: Float.self) == [Float(1 << 25)])
    let withNaN = try call("ReduceMax", opset: 13, [.of([3], [Float.nan, 1, 2])])[0]
    #expect(withNaN.elements(of: Float.self)[0].isNaN)
  }

  @Test("Axes outside of the rank or named twice are refused")
  func refuses() {
    for axes in [Tensor.list(3), .list(0, -3), .list(.min)] {
      #expect(throws: OperatorError.self) { try call("ReduceSum", opset: 13, [Self.x, axes]) }
    }
  }

  @Test("The same bits on one thread and on two")
  func threads() throws {
    let x = Tensor.of([97, 1031], (0..<97 * 1031).map { Float($0 % 977) * 0.37 })
    let one = try call("ReduceMean", opset: 18, [x, .list(1)], threads: 1)[0].elements(of: Float.self)
    let two = try call("ReduceMean", opset: 18, [x, .list(1)], threads: 2)[0].elements(of: Float.self)
    #expect(one == two)
  }
}
