import GraphIR
import Operators
import Tensors
import Testing

@Suite("Resize and Upsample")
struct ResizeTests {
  static let x = Tensor.of([1, 1, 3, 5], [Float]([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9]))

  private func text(_ value: String) -> Attribute { .string(Array(value.utf8)) }

  private func resize(
    _ mode: String, opset: Int = 13, roi: [Float]? = nil, scales: [Float]? = nil, sizes: [Int64]? = nil,
    x: Tensor = x, _ attributes: [String: Attribute] = [:]
  ) throws -> Tensor {
    try call(
      "Resize", opset: opset,
      [
        x, roi.map { .of([$0.count], $0) }, scales.map { .of([$0.count], $0) }, sizes.map { .of([$0.count], $0) },
      ], attributes: attributes.merging(["mode": text(mode)]) { $1 })[0]
  }

  /// Expected values from onnxruntime 1.32, rounded to 1e-5.
  static let interpolated: [(String, String, [Float])] = [
    (
      "linear", "half_pixel",
      [2.33333, 4, 3.66667, 4.06667, 4.8, 3.66667, 6.66667, 6, 3.66667, 6.26667, 7.8, 6.46667, 6, 9, 8.33333]
    ),
    (
      "cubic", "half_pixel",
      [
        1.78415, 3.808, 3.57407, 3.94874, 4.56, 3.23674, 6.57408, 6, 3.57407, 6.46941, 7.98, 6.4414, 5.82312, 9.288,
        8.70903,
      ]
    ),
    ("linear", "align_corners", [3, 4, 5, 6, 5, 4, 9, 6, 3, 7, 7.5, 6, 5, 9, 9]),
    ("cubic", "align_corners", [3, 4, 5, 6.375, 4.71875, 3.4375, 9, 6, 3, 7.5625, 7.6875, 5.8125, 5, 9, 9]),
    (
      "linear", "asymmetric",
      [3, 3, 2.33333, 6.6, 4, 3.53333, 8.2, 5.46667, 5, 5.8, 7.86667, 7, 5, 8.66667, 7.66667]
    ),
    (
      "cubic", "asymmetric",
      [
        3, 3.27778, 1.92593, 7.104, 3.50511, 3.01393, 8.872, 5.3883, 5.03734, 5.848, 8.29096, 6.90934, 4.568, 9.57207,
        7.74741,
      ]
    ),
  ]

  @Test("Interpolation from 3×5 to 5×3", arguments: interpolated)
  func interpolation(mode: String, transform: String, expected: [Float]) throws {
    let y = try resize(mode, sizes: [1, 1, 5, 3], ["coordinate_transformation_mode": text(transform)])
    #expect(y.shape.dimensions == [1, 1, 5, 3])
    #expect(zip(y.elements(of: Float.self), expected).allSatisfy { abs($0 - $1) < 2e-5 })
    let double = try resize(
      mode, sizes: [1, 1, 5, 3], x: .of([1, 1, 3, 5], Self.x.elements(of: Float.self).map { Double($0) }),
      ["coordinate_transformation_mode": text(transform)])
    #expect(zip(double.elements(of: Double.self), expected).allSatisfy { abs(Float($0) - $1) < 2e-5 })
  }

  /// Expected values from onnxruntime 1.32.
  @Test(
    "Nearest neighbours from 3×5 to 5×3",
    arguments: [
      ("half_pixel", "round_prefer_floor", [3, 4, 5, 3, 4, 5, 9, 6, 3, 5, 9, 9, 5, 9, 9]),
      ("half_pixel", "round_prefer_ceil", [3, 4, 5, 3, 4, 5, 9, 6, 3, 5, 9, 9, 5, 9, 9]),
      ("half_pixel", "floor", [3, 4, 1, 3, 4, 1, 9, 6, 5, 9, 6, 5, 5, 9, 7]),
      ("half_pixel", "ceil", [1, 4, 5, 2, 6, 3, 2, 6, 3, 8, 9, 9, 8, 9, 9]),
      ("align_corners", "round_prefer_floor", [3, 4, 5, 3, 4, 5, 9, 6, 3, 9, 6, 3, 5, 9, 9]),
    ] as [(String, String, [Float])])
  func nearest(transform: String, rounding: String, expected: [Float]) throws {
    let attributes = ["coordinate_transformation_mode": text(transform), "nearest_mode": text(rounding)]
    let y = try resize("nearest", sizes: [1, 1, 5, 3], attributes)
    #expect(y.elements(of: Float.self) == expected)
    let words = Tensor(Self.x.shape, strings: Self.x.elements(of: Float.self).map { "\($0)" })
    #expect(
      try resize("nearest", sizes: [1, 1, 5, 3], x: words, attributes).strings == expected.map { "\($0)" })
  }

  /// Expected values from onnxruntime 1.32.
  @Test("A region that reaches beyond the input")
  func region() throws {
    let roi: [Float] = [0, 0, 0.25, -0.5, 1, 1, 1, 1]
    let attributes: [String: Attribute] = [
      "coordinate_transformation_mode": text("tf_crop_and_resize"), "extrapolation_value": .float(10),
    ]
    let linear = try resize("linear", roi: roi, sizes: [1, 1, 5, 3], attributes)
    #expect(
      linear.elements(of: Float.self) == [
        10, 1.5, 4, 10, 1.875, 3.25, 10, 3.5, 4.5, 10, 5.75, 6.75, 10, 8, 9,
      ])
    let nearest = try resize("nearest", roi: roi, sizes: [1, 1, 5, 3], attributes)
    #expect(nearest.elements(of: Float.self) == [10, 1, 5, 10, 2, 3, 10, 2, 3, 10, 8, 9, 10, 8, 9])
    #expect(throws: OperatorError.self) { try resize("linear", sizes: [1, 1, 5, 3], attributes) }
    let hostile = try resize(
      "linear", roi: [.nan, 0, -.infinity, 1e38, 1, 1, 1, .nan], sizes: [1, 1, 2, 2], attributes)
    #expect(hostile.elements(of: Float.self) == [10, 10, 10, 10])
  }

  /// Expected values from onnxruntime 1.32.
  @Test("Cubic with another coefficient that leaves out what lies outside")
  func excludeOutside() throws {
    let y = try resize("cubic", sizes: [1, 1, 5, 3], ["cubic_coeff_a": .float(-0.5), "exclude_outside": .int(1)])
    let expected: [Float] = [
      1.9987, 3.84906, 3.81392, 4.00437, 4.56716, 3.47864, 6.93103, 6, 3.51724, 6.39758, 8.03731, 6.66161, 5.70722,
      9.22642, 8.74626,
    ]
    #expect(zip(y.elements(of: Float.self), expected).allSatisfy { abs($0 - $1) < 2e-5 })
  }

  /// Expected values from onnxruntime 1.32.
  @Test("Version 10 and its rounding; Upsample in each of its forms")
  func older() throws {
    let scales: [Float] = [1, 1, 2, 0.6]
    let nearest = try call("Resize", opset: 10, [Self.x, .of([4], scales)])[0]
    #expect(
      nearest.elements(of: Float.self) == [3, 4, 5, 3, 4, 5, 9, 6, 3, 9, 6, 3, 5, 9, 9, 5, 9, 9])
    let linear = try call("Resize", opset: 10, [Self.x, .of([4], scales)], attributes: ["mode": text("linear")])[0]
    #expect(abs(linear.elements(of: Float.self)[2] - 2.33333) < 2e-5)

    let square = Tensor.counting(1, 1, 2, 2)
    let expected: [Float] = [0, 0, 1, 1, 2, 2, 3, 3]
    let one = try call(
      "Upsample", opset: 1, [square], attributes: ["height_scale": .float(1), "width_scale": .float(2)])[0]
    let seven = try call("Upsample", opset: 7, [square], attributes: ["scales": .floats([1, 1, 1, 2])])[0]
    let nine = try call("Upsample", opset: 9, [square, .of([4], [Float]([1, 1, 1, 2]))])[0]
    for y in [one, seven, nine] { #expect(y.elements(of: Float.self) == expected) }
  }

  /// Expected values from onnxruntime 1.32.
  @Test("Chosen axes and kept aspect ratios")
  func axes() throws {
    let axes: [String: Attribute] = ["axes": .ints([3, 2])]
    let larger = try resize(
      "linear", opset: 18, sizes: [2, 2], axes.merging(["keep_aspect_ratio_policy": text("not_larger")]) { $1 })
    #expect(larger.shape.dimensions == [1, 1, 1, 2])
    #expect(larger.elements(of: Float.self) == [3.1875, 3.875])
    let smaller = try resize(
      "nearest", opset: 18, sizes: [2, 2], axes.merging(["keep_aspect_ratio_policy": text("not_smaller")]) { $1 })
    #expect(smaller.shape.dimensions == [1, 1, 2, 3])
    #expect(smaller.elements(of: Float.self) == [3, 4, 1, 5, 9, 7])
  }

  /// By hand: the triangle of half the scale's width over [0, 1, 2, 3], its ends repeating the edge, weighs positions
  /// −1 … 2 by 1, 3, 3, 1 for the first element, and mirrored for the second.
  @Test("Antialiasing")
  func antialias() throws {
    let y = try resize(
      "linear", opset: 18, sizes: [2], x: .counting(4), ["antialias": .int(1)])
    #expect(y.elements(of: Float.self) == [0.625, 2.375])
  }

  @Test("Integers are rounded to the nearest, and both work types give the same")
  func integers() throws {
    let elements = Self.x.elements(of: Float.self)
    let bytes = try resize("linear", sizes: [1, 1, 5, 3], x: .of([1, 1, 3, 5], elements.map { UInt8($0) }))
    #expect(bytes.elements(of: UInt8.self) == [2, 4, 4, 4, 5, 4, 7, 6, 4, 6, 8, 6, 6, 9, 8])
    let wide = try resize("linear", sizes: [1, 1, 5, 3], x: .of([1, 1, 3, 5], elements.map { Int64($0) }))
    #expect(wide.elements(of: Int64.self) == bytes.elements(of: UInt8.self).map { Int64($0) })
  }

  @Test("Hostile scales, sizes and modes are refused")
  func refuses() {
    for scales in [[1, 1, 0, 1], [1, 1, -1, 1], [1, 1, .nan, 1], [1, 1, .infinity, 1], [1, 1, 1e14, 1], [2]]
      as [[Float]]
    {
      #expect(throws: (any Error).self) { try resize("linear", scales: scales) }
    }
    for sizes in [[1, 1, -1, 1], [1, 1, .max, .max], [1, 1, 1 << 40, 1], [3]] as [[Int64]] {
      #expect(throws: (any Error).self) { try resize("nearest", sizes: sizes) }
    }
    #expect(throws: OperatorError.self) { try resize("linear") }
    #expect(throws: OperatorError.self) { try resize("linear", scales: [1, 1, 1, 1], sizes: [1, 1, 3, 5]) }
    #expect(throws: OperatorError.self) { try resize("lanczos", sizes: [1, 1, 3, 5]) }
    #expect(throws: OperatorError.self) { try resize("nearest", sizes: [1, 1, 3, 5], ["nearest_mode": text("")]) }
    #expect(throws: OperatorError.self) { try resize("nearest", sizes: [1, 1, 3, 5], x: .counting(1, 1, 0, 5)) }
    #expect(throws: OperatorError.self) { try resize("linear", opset: 18, sizes: [1, 1], ["axes": .ints([2, -2])]) }
  }

  @Test("The same bits on one thread and on two")
  func threads() throws {
    let x = Tensor.counting(2, 3, 61, 47)
    let sizes = Tensor.of([4], [Int64]([2, 3, 130, 77]))
    let one = try call("Resize", opset: 13, [x, nil, nil, sizes], attributes: ["mode": text("cubic")], threads: 1)[0]
    let two = try call("Resize", opset: 13, [x, nil, nil, sizes], attributes: ["mode": text("cubic")], threads: 2)[0]
    #expect(one.elements(of: Float.self) == two.elements(of: Float.self))
  }
}
