import GraphIR
import Operators
import Tensors
import Testing

/// Expected values from onnxruntime 1.32.
@Suite("Pooling")
struct PoolingTests {
  static let x = Tensor.of([1, 1, 4, 4], (1...16).map { Float($0) })

  private func pool(
    _ name: String, opset: Int, _ x: Tensor = x, kernel: [Int64], outputs: Int = 1,
    _ attributes: [String: Attribute] = [:]
  ) throws -> [Tensor] {
    try call(
      name, opset: opset, [x], attributes: attributes.merging(["kernel_shape": .ints(kernel)]) { $1 }, outputs: outputs)
  }

  @Test func maxPoolRoundsUpAndTellsPlaces() throws {
    let outputs = try pool(
      "MaxPool", opset: 12, .of([1, 1, 5, 5], (1...25).map { Float($0) }), kernel: [3, 3], outputs: 2,
      ["strides": .ints([2, 2]), "pads": .ints([1, 0, 0, 0]), "ceil_mode": .int(1)])
    expect(outputs[0], isNear: [8, 10, 18, 20, 23, 25], shape: [1, 1, 3, 2])
    #expect(outputs[1].elements(of: Int64.self) == [7, 9, 17, 19, 22, 24])
  }

  @Test func maxPoolDilatesAndCountsColumns() throws {
    let outputs = try pool(
      "MaxPool", opset: 12, kernel: [2, 2], outputs: 2, ["dilations": .ints([2, 2]), "storage_order": .int(1)])
    expect(outputs[0], isNear: [11, 12, 15, 16], shape: [1, 1, 2, 2])
    #expect(outputs[1].elements(of: Int64.self) == [10, 14, 11, 15])
  }

  @Test func maxPoolTakesBytesAndPadsAsNeeded() throws {
    let x = Tensor.of([1, 1, 4, 4], (1...16).map { UInt8($0) })
    let y = try pool("MaxPool", opset: 12, x, kernel: [2, 2], ["auto_pad": .string(Array("SAME_LOWER".utf8))])
    #expect(y[0].elements(of: UInt8.self) == (1...16).map { UInt8($0) })
  }

  @Test func maxPoolKeepsNaN() throws {
    let y = try pool(
      "MaxPool", opset: 12, .of([1, 1, 4], [Float(1), .nan, 3, 4]), kernel: [2], ["strides": .ints([2])])
    #expect(y[0].elements(of: Float.self)[0].isNaN && y[0].elements(of: Float.self)[1] == 4)
  }

  @Test func averagePoolCountsPaddingOnlyIfAsked() throws {
    let attributes: [String: Attribute] = ["pads": .ints([1, 1, 1, 1]), "strides": .ints([2, 2])]
    expect(try pool("AveragePool", opset: 11, kernel: [3, 3], attributes)[0], isNear: [3.5, 5, 9.5, 11])
    expect(
      try pool("AveragePool", opset: 11, kernel: [3, 3], attributes.merging(["count_include_pad": .int(1)]) { $1 })[0],
      isNear: [1.5555556, 3.3333333, 6.3333335, 11])
  }

  @Test func averagePoolTakesAnyRank() throws {
    let line = Tensor.of([1, 1, 5], [Float(1), 2, 4, 8, 16])
    expect(
      try pool(
        "AveragePool", opset: 11, line, kernel: [2],
        ["strides": .ints([2]), "auto_pad": .string(Array("SAME_UPPER".utf8))])[0], isNear: [1.5, 6, 16])
    expect(
      try pool("AveragePool", opset: 11, .counting(1, 1, 3, 3, 3), kernel: [2, 2, 2])[0],
      isNear: [6.5, 7.5, 9.5, 10.5, 15.5, 16.5, 18.5, 19.5], shape: [1, 1, 2, 2, 2])
  }

  // By hand. The second window of stride 3 would start in the padding behind the input, and is dropped; that of
  // stride 2 starts in the input and has one element there.
  @Test func aWindowThatStartsInThePaddingIsDropped() throws {
    let x = Tensor.of([1, 1, 3], [Float(1), 2, 6])
    let attributes: [String: Attribute] = ["ceil_mode": .int(1), "pads": .ints([0, 1])]
    expect(
      try pool("AveragePool", opset: 11, x, kernel: [3], attributes.merging(["strides": .ints([3])]) { $1 })[0],
      isNear: [3], shape: [1, 1, 1])
    expect(
      try pool("AveragePool", opset: 11, x, kernel: [3], attributes.merging(["strides": .ints([2])]) { $1 })[0],
      isNear: [3, 6], shape: [1, 1, 2])
  }

  @Test func lpPool() throws {
    expect(
      try pool("LpPool", opset: 18, kernel: [2, 2], ["strides": .ints([2, 2]), "p": .int(3)])[0],
      isNear: [7.0472989, 9.8166599, 18.823858, 21.918432])
  }

  @Test func globalPools() throws {
    expect(try call("GlobalAveragePool", opset: 1, [PoolingTests.x])[0], isNear: [8.5], shape: [1, 1, 1, 1])
    expect(try call("GlobalMaxPool", opset: 1, [PoolingTests.x])[0], isNear: [16], shape: [1, 1, 1, 1])
    expect(
      try call("GlobalLpPool", opset: 2, [PoolingTests.x], attributes: ["p": .int(1)])[0], isNear: [136],
      shape: [1, 1, 1, 1])
    #expect(throws: OperatorError.self) { try call("GlobalAveragePool", opset: 1, [.counting(1, 2, 0)]) }
    #expect(throws: OperatorError.self) { try call("GlobalAveragePool", opset: 1, [.counting(3)]) }
  }

  @Test func maxUnpoolPutsElementsBack() throws {
    let pooled = Tensor.of([1, 1, 2, 2], [Float(5), 7, 13, 15])
    let places = Tensor.of([1, 1, 2, 2], [Int64(5), 7, 13, 15])
    let attributes: [String: Attribute] = ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])]
    expect(
      try call("MaxUnpool", opset: 11, [pooled, places], attributes: attributes)[0],
      isNear: [0, 0, 0, 0, 0, 5, 0, 7, 0, 0, 0, 0, 0, 13, 0, 15])
    let outside = Tensor.of([1, 1, 2, 2], [Int64(5), 7, 13, 16])
    #expect(throws: OperatorError.self) { try call("MaxUnpool", opset: 11, [pooled, outside], attributes: attributes) }
  }

  @Test(arguments: [
    [], [0, 2], [2], [Int64.max, 2], [5, 2],
  ])
  func refusesKernelsThatDoNotFit(_ kernel: [Int64]) {
    #expect(throws: OperatorError.self) { try pool("MaxPool", opset: 12, kernel: kernel) }
  }

  @Test(arguments: ["MaxPool", "AveragePool", "LpPool"])
  func takesAnEmptyBatchOfNumbersAlone(_ name: String) throws {
    let y = try pool(name, opset: 12, .of([0, 2, 4, 4], [Float]()), kernel: [2, 2])[0]
    #expect(y.shape.dimensions == [0, 2, 3, 3])
    let texts = Tensor(try Shape([0, 2, 4, 4]), strings: [])
    #expect(throws: OperatorError.self) { try pool(name, opset: 12, texts, kernel: [2, 2]) }
  }

  @Test func refusesAnOutputThatDoesNotFitIntoMemory() {
    let huge: [String: Attribute] = ["pads": .ints([1 << 20, 1 << 20, 1 << 20, 1 << 20])]
    #expect(throws: AllocationError.self) { try pool("MaxPool", opset: 12, kernel: [2, 2], huge) }
  }

  struct Geometry: Sendable {
    var kernel: [Int64]
    var strides: [Int64]
    var pads: [Int64]
    var roundsUp: Int64
  }

  static let geometries = [
    Geometry(kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], roundsUp: 0),
    Geometry(kernel: [2, 3], strides: [1, 2], pads: [0, 1, 1, 2], roundsUp: 1),
    Geometry(kernel: [3, 2], strides: [3, 1], pads: [2, 1, 0, 0], roundsUp: 1),
    Geometry(kernel: [5, 5], strides: [1, 1], pads: [2, 2, 2, 2], roundsUp: 0),
    Geometry(kernel: [9, 9], strides: [4, 4], pads: [4, 4, 4, 4], roundsUp: 1),
  ]

  // float32 planes are pooled by vector kernels, all else by the plain form.
  @Test(arguments: geometries)
  func kernelsAgreeWithThePlainForm(_ geometry: Geometry) throws {
    let count = 2 * 3 * 23 * 38
    let values: [Float] = (0..<count).map { Float($0 * 31 % 1013) / 8 }
    let single = Tensor.of([2, 3, 23, 38], values)
    let double = Tensor.of([2, 3, 23, 38], values.map { Double($0) })
    for (name, counts) in [("MaxPool", nil), ("AveragePool", 0), ("AveragePool", 1)] as [(String, Int64?)] {
      var attributes: [String: Attribute] = [
        "strides": .ints(geometry.strides), "pads": .ints(geometry.pads), "ceil_mode": .int(geometry.roundsUp),
      ]
      if let counts { attributes["count_include_pad"] = .int(counts) }
      let fast = try pool(name, opset: 11, single, kernel: geometry.kernel, attributes)[0]
      let plain = try pool(name, opset: 11, double, kernel: geometry.kernel, attributes)[0]
      #expect(fast.shape == plain.shape)
      expect(fast, isNear: plain.elements(of: Double.self).map { Float($0) }, "\(name)")
    }
  }

  @Test(arguments: ["MaxPool", "AveragePool"])
  func theBitsDependOnNeitherBatchNorThreads(_ name: String) throws {
    let image = (0..<3 * 40 * 37).map { Float($0 % 101).squareRoot() }
    let attributes: [String: Attribute] = ["strides": .ints([2, 2]), "pads": .ints([1, 1, 1, 1])]
    let one = Tensor.of([1, 3, 40, 37], image)
    let alone = try pool(name, opset: 11, one, kernel: [3, 3], attributes)[0].elements(of: Float.self)
    let two = Tensor.of([2, 3, 40, 37], image + image.reversed())
    let together = try pool(name, opset: 11, two, kernel: [3, 3], attributes)[0].elements(of: Float.self)
    #expect(Array(together[..<alone.count]) == alone)
  }
}
