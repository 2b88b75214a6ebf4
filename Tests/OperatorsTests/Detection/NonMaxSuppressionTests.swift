import GraphIR
import Operators
import Tensors
import Testing

@Suite("NonMaxSuppression")
struct NonMaxSuppressionTests {
  /// Twelve boxes that overlap one another, and their scores for two classes, with ties.
  private let boxes = Tensor.of(
    [1, 12, 4],
    (0..<12).flatMap { (index: Int) -> [Float] in
      let (y, x) = (Float(index * 7 % 10) / 2, Float(index * 3 % 8) / 2)
      return [y, x, y + 2 + Float(index % 3), x + 3 - Float(index % 2)]
    })
  private let scores = Tensor.of(
    [1, 2, 12], (0..<24).map { (index: Int) -> Float in Float(index < 12 ? index * 5 % 7 : (index - 12) * 11 % 6) / 8 })

  private func selection(
    _ boxes: Tensor, _ scores: Tensor, limit: Int, overlap: Float = 0, score: Float? = nil, isCentered: Bool = false
  ) throws -> Tensor {
    try call(
      "NonMaxSuppression", opset: 11,
      [boxes, scores, .list(limit), Tensor(scalar: overlap), score.map { Tensor(scalar: $0) }],
      attributes: ["center_point_box": .int(isCentered ? 1 : 0)])[0]
  }

  /// Expected boxes of the two classes from onnxruntime 1.32.
  static let cases: [(Float, Bool, Float?, [Int64], [Int64])] = [
    (0.3, false, nil, [4, 11, 5, 9, 3], [1, 7, 2, 3, 9]), (0.3, true, nil, [4, 8, 9, 3, 10], [1, 3, 10]),
    (0.1, false, 0.25, [4, 11, 9], [1, 2, 3]), (0, false, 0.25, [4, 9], [1, 3]),
  ]

  @Test("Corners and centers, ties, thresholds", arguments: cases)
  func values(overlap: Float, isCentered: Bool, score: Float?, first: [Int64], second: [Int64]) throws {
    let chosen = try selection(boxes, scores, limit: 5, overlap: overlap, score: score, isCentered: isCentered)
    #expect(chosen.shape.dimensions == [first.count + second.count, 3])
    #expect(chosen.elements(of: Int64.self) == first.flatMap { [0, 0, $0] } + second.flatMap { [0, 1, $0] })
  }

  /// By the specification: without a limit there is no output; NaN is no score.
  @Test("Nothing to choose")
  func nothing() throws {
    #expect(try selection(boxes, scores, limit: 0).shape.dimensions == [0, 3])
    #expect(try selection(boxes, scores, limit: .min).shape.dimensions == [0, 3])
    #expect(try selection(.counting(1, 0, 4), .counting(1, 1 << 50, 0), limit: 5).shape.dimensions == [0, 3])
    let odd = Tensor.of([1, 1, 2], [Float.nan, -1])
    let chosen = try selection(.of([1, 2, 4], [Float](repeating: .nan, count: 8)), odd, limit: .max)
    #expect(chosen.elements(of: Int64.self) == [0, 0, 1])
  }

  @Test("What does not fit is refused")
  func refused() {
    #expect(throws: OperatorError.self) { try selection(.counting(1, 12, 3), scores, limit: 1) }
    #expect(throws: OperatorError.self) { try selection(boxes, .counting(1, 2, 11), limit: 1) }
    #expect(throws: OperatorError.self) { try selection(boxes, .counting(2, 2, 12), limit: 1) }
    #expect(throws: OperatorError.self) { try selection(boxes, scores, limit: 1, overlap: .nan) }
    #expect(throws: OperatorError.self) { try selection(boxes, scores, limit: 1, overlap: 1.5) }
    #expect(throws: OperatorError.self) {
      try call("NonMaxSuppression", opset: 11, [boxes, scores, .list(1, 2)])
    }
  }
}
