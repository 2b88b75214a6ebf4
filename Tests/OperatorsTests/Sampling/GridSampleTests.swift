import GraphIR
import Operators
import Tensors
import Testing

@Suite("GridSample and AffineGrid")
struct GridSampleTests {
  private let x = Tensor.of([1, 1, 3, 4], (0..<12).map { Float($0 * 5 % 13) })
  private let grid = Tensor.of([1, 2, 3, 2], [Float]([-1, -1, 0, 0, 0.5, -0.25, 1.5, 0.3, -1.2, 2.6, 0.9, 1]))

  private func sample(
    _ mode: String, _ padding: String, _ corners: Int64 = 0, opset: Int = 20, grid: Tensor
  ) throws -> Tensor {
    try call(
      "GridSample", opset: opset, [x, grid],
      attributes: [
        "mode": .string(Array(mode.utf8)), "padding_mode": .string(Array(padding.utf8)), "align_corners": .int(corners),
      ])[0]
  }

  /// Expected values from onnxruntime 1.32, rounded to 1e-5.
  static let cases: [(String, String, Int64, [Float])] = [
    ("linear", "zeros", 0, [0, 8, 6.3125, 0, 0, 1.05]), ("linear", "zeros", 1, [0, 8, 5.9375, 1.8, 0, 4.2]),
    ("linear", "border", 0, [0, 8, 6.3125, 6.3, 1, 3]), ("linear", "border", 1, [0, 8, 5.9375, 7.2, 1, 4.2]),
    ("linear", "reflection", 0, [0, 8, 6.3125, 6.725, 0.7, 3]),
    ("linear", "reflection", 1, [0, 8, 5.9375, 6.375, 4.3, 4.2]), ("nearest", "zeros", 0, [0, 4, 4, 0, 0, 3]),
    ("nearest", "border", 0, [0, 4, 4, 9, 1, 3]), ("nearest", "reflection", 0, [0, 4, 4, 9, 0, 3]),
    ("cubic", "zeros", 0, [-0.5625, 8, 6.92801, -0.6846, 0, 0.10057]),
    ("cubic", "zeros", 1, [0, 8, 5.31128, 1.95213, -0.01222, 4.33706]),
    ("cubic", "border", 0, [-1.125, 8, 5.82018, 7.05178, 0.96625, 1.42114]),
    ("cubic", "reflection", 0, [-2.25, 8, 5.82018, 6.43942, 0.277, 0.2311]),
    ("cubic", "reflection", 1, [0, 8, 4.97949, 5.64834, 3.21571, 3.44297]),
  ]

  @Test("Modes and paddings", arguments: cases)
  func values(mode: String, padding: String, corners: Int64, expected: [Float]) throws {
    let y = try sample(mode, padding, corners, grid: grid)
    #expect(y.shape.dimensions == [1, 1, 2, 3])
    #expect(zip(y.elements(of: Float.self), expected).allSatisfy { abs($0 - $1) < 2e-5 })
  }

  @Test("Coordinates that are no places, and grids that do not fit")
  func hostile() throws {
    let nowhere = Tensor.of([1, 1, 3, 2], [Float]([.nan, 0, .infinity, 0, 1e38, -1e38]))
    for mode in ["linear", "nearest", "cubic"] {
      #expect(try sample(mode, "zeros", grid: nowhere).elements(of: Float.self) == [0, 0, 0])
      for padding in ["border", "reflection"] {
        #expect(try sample(mode, padding, grid: nowhere).elements(of: Float.self).allSatisfy { $0.isFinite })
      }
    }
    #expect(throws: OperatorError.self) { try sample("linear", "zeros", grid: .counting(1, 2, 3, 3)) }
    #expect(throws: OperatorError.self) { try sample("linear", "zeros", grid: .counting(2, 2, 3, 2)) }
    #expect(throws: OperatorError.self) { try sample("bilinear", "zeros", grid: grid) }
    #expect(throws: OperatorError.self) { try sample("linear", "mirror", grid: grid) }
  }

  /// By hand: the identity gives the centers of the elements, a shift moves them.
  @Test("AffineGrid")
  func affineGrid() throws {
    let theta = Tensor.of([1, 2, 3], [Float]([1, 0, 0.5, 0, 2, 0]))
    let y = try call("AffineGrid", opset: 20, [theta, .list(1, 1, 2, 2)])[0]
    #expect(y.shape.dimensions == [1, 2, 2, 2])
    #expect(y.elements(of: Float.self) == [0, -1, 1, -1, 0, 1, 1, 1])
    let corners = try call(
      "AffineGrid", opset: 20, [theta, .list(1, 1, 1, 2)], attributes: ["align_corners": .int(1)])[0]
    #expect(corners.elements(of: Float.self) == [-0.5, 0, 1.5, 0])
    #expect(throws: OperatorError.self) { try call("AffineGrid", opset: 20, [theta, .list(1, 1, 2)]) }
    #expect(throws: OperatorError.self) { try call("AffineGrid", opset: 20, [theta, .list(2, 1, 2, 2)]) }
    #expect(throws: (any Error).self) { try call("AffineGrid", opset: 20, [theta, .list(1, 1, .max, .max)]) }
  }

  @Test("CenterCropPad crops one axis and pads the other")
  func centerCropPad() throws {
    let y = try call(
      "CenterCropPad", opset: 18, [.counting(2, 4), .list(3, 1)], attributes: ["axes": .ints([0, -1])])[0]
    #expect(y.shape.dimensions == [3, 1])
    #expect(y.elements(of: Float.self) == [1, 5, 0])
    #expect(throws: OperatorError.self) { try call("CenterCropPad", opset: 18, [.counting(2, 4), .list(3)]) }
    #expect(throws: (any Error).self) { try call("CenterCropPad", opset: 18, [.counting(2, 4), .list(-3, 1)]) }
  }
}
