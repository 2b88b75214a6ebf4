import GraphIR
import Operators
import Tensors
import Testing

@Suite("Einsum")
struct EinsumTests {
  private let a = Tensor.of([2, 2, 3], (0..<12).map { Float($0 * 5 % 7 - 3) })
  private let b = Tensor.of([2, 3, 3], (0..<18).map { Float($0 * 3 % 5 - 2) })
  private let c = Tensor.counting(2, 2)

  private func einsum(_ equation: String, _ operands: [Tensor]) throws -> Tensor {
    try call("Einsum", opset: 12, operands, attributes: ["equation": .string(Array(equation.utf8))])[0]
  }

  private func operands(_ names: String) -> [Tensor] {
    names.map { ["a": a, "b": b, "c": c, "d": try! c.reshaped(to: Shape([2, 2, 1]))][String($0)]! }
  }

  /// Expected values from `numpy.einsum` (NumPy 2).
  @Test(
    "Products, sums, diagonals and broadcasts",
    arguments: [
      ("bij,bjk->bik", "ab", [2, 2, 3], [10, -3, -1, 11, -3, -2, -1, -2, -3, -4, -1, -3]),
      ("bij, bkj -> ikb", "ab", [2, 3, 2], [8, 8, -6, -5, -5, -3, 6, 7, -6, -4, -3, -5]),
      ("...ij,...jk", "ab", [2, 2, 3], [10, -3, -1, 11, -3, -2, -1, -2, -3, -4, -1, -3]),
      ("bij->bj", "a", [2, 3], [-5, 5, 1, -1, -5, 5]),
      ("bij->", "a", [], [0]),
      ("ii->i", "c", [2], [0, 3]),
      ("ii", "c", [], [3]),
      ("ba,bij,bjk->ak", "cab", [2, 3], [-10, -6, -12, 6, -15, -21]),
      ("ij,kl->jl", "cc", [2, 2], [4, 8, 8, 16]),
      ("i...,i...->...", "ad", [2, 3], [-2, -6, 4, -2, -3, 10]),
    ] as [(String, String, [Int], [Float])])
  func values(equation: String, names: String, shape: [Int], expected: [Float]) throws {
    let y = try einsum(equation, operands(names))
    #expect(y.shape.dimensions == shape)
    #expect(y.elements(of: Float.self) == expected)
  }

  @Test(
    "Equations that are none",
    arguments: [
      "ij,jk->iz", "ij,jk->ii", "i1,jk", "ij..,jk", "....ij,jk", "ij->", "ijk,jk", "", "->", "ij,jk->i->k", "ij,,jk",
    ])
  func refuses(equation: String) {
    #expect(throws: OperatorError.self) { try einsum(equation, [c, c]) }
  }

  @Test("Extents and types that do not fit")
  func mismatches() {
    #expect(throws: OperatorError.self) { try einsum("ij,jk->ik", [c, .counting(3, 2)]) }
    #expect(throws: OperatorError.self) { try einsum("i,i->", [.counting(2), .list(1, 2)]) }
    #expect(throws: OperatorError.self) { try einsum("i,i->", [.of([1], [true]), .of([1], [true])]) }
    #expect(throws: (any Error).self) {
      try einsum("a,b,c,d->abcd", [.counting(99_999), .counting(99_999), .counting(99_999), .counting(99_999)])
    }
  }

  @Test("An empty sum is zero")
  func empty() throws {
    let y = try einsum("ij,jk->ik", [.counting(2, 0), .counting(0, 1)])
    #expect(y.elements(of: Float.self) == [0, 0])
  }
}
