import GraphIR
import Operators
import Tensors
import Testing

/// Expected values from onnxruntime 1.32.
@Suite("RoiAlign and MaxRoiPool")
struct RegionTests {
  private let x = Tensor.pattern([2, 1, 4, 4], step: 5, modulus: 17, offset: 0)
  private let regions = Tensor.of([3, 4], [Float(0), 0, 3, 3, 1, 0.5, 2.5, 3.5, -2, -2, 5, 1.5])
  private let images = Tensor.list(0, 1, 1)

  static let cases: [(Int, [String: Attribute], [Float])] = [
    (16, [:], [2.5, 9.355469, 6.8125, 12.27344, 3.617188, 5.375, 6.257812, 9.875, 0, 0, 4.734375, 5.320312]),
    (
      16, ["mode": .string(Array("max".utf8))],
      [3.125, 8.75, 6.015625, 12.25, 2.296875, 4.375, 4.921875, 6.015625, 0, 0, 12, 10]
    ),
    (
      22, ["sampling_ratio": .int(2)],
      [2.5, 9.355469, 6.8125, 12.27344, 4.115234, 5.375, 6.291016, 9.875, 0, 0, 5.671875, 8.03125]
    ),
    (16, ["spatial_scale": .float(0.5)], [0, 3.125, 1.875, 5, 10.125, 5.625, 12.375, 7.875, 0, 0, 6, 3.28125]),
    (
      10, [:],
      [6, 9.847656, 10.16797, 9.367188, 5.625, 9.375, 9.9375, 12.22656, 2.757812, 2.96875, 6.681152, 7.34375]
    ),
  ]

  @Test("RoiAlign", arguments: cases)
  func align(opset: Int, attributes: [String: Attribute], expected: [Float]) throws {
    let size: [String: Attribute] = ["output_height": .int(2), "output_width": .int(2)]
    let y = try call("RoiAlign", opset: opset, [x, regions, images], attributes: size.merging(attributes) { $1 })
    expect(y[0], isNear: expected, shape: [3, 1, 2, 2])
  }

  @Test("MaxRoiPool")
  func pool() throws {
    let regions = Tensor.of([3, 5], [Float(0), 0, 0, 3, 3, 1, 1, 0.5, 2.5, 3.5, 1, 2, 2, 9, 1])
    let y = try call("MaxRoiPool", opset: 1, [x, regions], attributes: ["pooled_shape": .ints([2, 2])])
    expect(y[0], isNear: [8, 15, 14, 16, 11, 16, 14, 14, 16, 0, 16, 0], shape: [3, 1, 2, 2])
    let scaled = try call(
      "MaxRoiPool", opset: 22, [x, regions], attributes: ["pooled_shape": .ints([2, 1]), "spatial_scale": .float(0.5)])
    expect(scaled[0], isNear: [13, 16, 3, 6, 13, 13], shape: [3, 1, 2, 1])
    for wrong in [[Float(2), 0, 0, 1, 1], [0.5, 0, 0, 1, 1], [0, .nan, 0, 1, 1], [0, 0, 0, 1e30, 1]] {
      #expect(throws: OperatorError.self) {
        try call("MaxRoiPool", opset: 1, [x, .of([1, 5], wrong)], attributes: ["pooled_shape": .ints([1, 1])])
      }
    }
  }

  @Test("Regions that cannot be")
  func refused() throws {
    for wrong in [[Float.nan, 0, 1, 1], [0, 0, .infinity, 1], [0, 0, 1e30, 1]] {
      #expect(throws: OperatorError.self) { try call("RoiAlign", opset: 16, [x, .of([1, 4], wrong), .list(0)]) }
    }
    #expect(throws: OperatorError.self) { try call("RoiAlign", opset: 16, [x, regions, .list(0, 1, 2)]) }
    #expect(throws: OperatorError.self) { try call("RoiAlign", opset: 16, [x, regions, .list(0, 1)]) }
    #expect(throws: OperatorError.self) { try call("RoiAlign", opset: 16, [x, .counting(3, 5), images]) }
    let none = try call("RoiAlign", opset: 16, [x, .of([0, 4], [Float]()), .of([0], [Int64]())])
    #expect(none[0].shape.dimensions == [0, 1, 1, 1])
  }
}
