import GraphIR
import Operators
import Tensors
import Testing

/// Expected values from onnxruntime 1.32, the second of LRN from the onnx 1.23.2 reference evaluator.
@Suite("Normalizations")
struct NormalizationTests {
  static let rows = Tensor.of([2, 3], [Float(1), 2, 3, 4, 5, 6])

  private func list(_ values: Float...) -> Tensor { .of([values.count], values) }

  @Test func batchNormalization() throws {
    let inputs = [Tensor.counting(1, 2, 2, 2), list(1, 0.5), list(0, 1), list(1, 2), list(4, 0.25)]
    let y = try call("BatchNormalization", opset: 15, inputs, attributes: ["epsilon": .float(0.01)])
    expect(
      y[0], isNear: [-0.49937618, 0, 0.49937618, 0.99875236, 2.9611614, 3.9417422, 4.9223223, 5.9029036],
      shape: [1, 2, 2, 2])
    let old = try call(
      "BatchNormalization", opset: 6, inputs, attributes: ["epsilon": .float(0.01), "is_test": .int(1)])
    #expect(old[0].elements(of: Float.self) == y[0].elements(of: Float.self))
  }

  @Test func batchNormalizationByTheBatch() throws {
    let inputs = [Tensor.counting(2, 2, 2), list(1, 0.5), list(0, 1), list(1, 2), list(4, 0.25)]
    let outputs = try call(
      "BatchNormalization", opset: 15, inputs,
      attributes: ["epsilon": .float(0.01), "training_mode": .int(1), "momentum": .float(0.8)], outputs: 3)
    expect(
      outputs[0],
      isNear: [-1.2112539, -0.72675228, 0.39437303, 0.6366238, 0.7267524, 1.2112539, 1.3633761, 1.6056269])
    expect(outputs[1], isNear: [1.3, 2.5])
    expect(outputs[2], isNear: [4.05, 1.05])
    let error = try #require(throws: OperatorError.self) { try call("BatchNormalization", opset: 6, inputs) }
    #expect(error.kind == .unsupported)
  }

  // By hand: (x − mean) / 2 · scale + bias, each of the six places with its own parameters.
  @Test func batchNormalizationOfEachPlace() throws {
    let places = Tensor.of([3, 2], [Float(0), 1, 2, 3, 4, 5])
    let ones = Tensor.of([6], [Float](repeating: 1, count: 6))
    let fours = Tensor.of([6], [Float](repeating: 4, count: 6))
    let inputs = [Tensor.counting(2, 3, 2), ones, places, places, fours]
    let y = try call(
      "BatchNormalization", opset: 7, inputs, attributes: ["spatial": .int(0), "epsilon": .float(0)])
    expect(y[0], isNear: [0, 1, 2, 3, 4, 5, 3, 4, 5, 6, 7, 8])
  }

  @Test func batchNormalizationRefusesParametersOfAnotherCount() {
    let inputs = [Tensor.counting(1, 2, 2), list(1), list(0, 1), list(1, 2), list(4, 0.25)]
    #expect(throws: OperatorError.self) { try call("BatchNormalization", opset: 15, inputs) }
  }

  @Test func instanceNormalization() throws {
    let x = Tensor.of([1, 2, 3], [Float(1), 2, 4, 0, 5, 1])
    expect(
      try call("InstanceNormalization", opset: 6, [x, list(1, 2), list(0, 1)])[0],
      isNear: [-1.0690414, -0.26726031, 1.3363018, -0.8516382, 3.7774572, 0.074180901], shape: [1, 2, 3])
  }

  @Test func groupNormalization() throws {
    let x = Tensor.of([1, 4, 2], [Float(1), 2, 4, 8, 0, 5, 1, 3])
    let groups: [String: Attribute] = ["num_groups": .int(2)]
    expect(
      try call("GroupNormalization", opset: 21, [x, list(1, 2, 3, 4), list(0, 1, 2, 3)], attributes: groups)[0],
      isNear: [
        -1.0257546, -0.65275288, 1.1865008, 4.1705141, -1.5150957, 6.2962284, 0.39622521, 4.5622649,
      ])
    expect(
      try call("GroupNormalization", opset: 18, [x, list(1, 2), list(0, 1)], attributes: groups)[0],
      isNear: [
        -1.0257546, -0.65275288, 0.093250416, 1.5852571, -1.3433971, 3.8641522, -0.30188739, 1.7811325,
      ])
    #expect(throws: OperatorError.self) {
      try call("GroupNormalization", opset: 21, [x, list(1), list(0)], attributes: ["num_groups": .int(3)])
    }
  }

  @Test func layerNormalization() throws {
    let outputs = try call(
      "LayerNormalization", opset: 17, [NormalizationTests.rows, list(1, 2, 3), list(0, 1, 2)], outputs: 3)
    expect(outputs[0], isNear: [-1.2247356, 1, 5.6742067, -1.2247356, 1, 5.6742067], shape: [2, 3])
    expect(outputs[1], isNear: [2, 5], shape: [2, 1])
    expect(outputs[2], isNear: [1.2247356, 1.2247356], shape: [2, 1])
    let single = try call("LayerNormalization", opset: 17, [NormalizationTests.rows, list(2)])[0]
    expect(single, isNear: [-2.4494712, 0, 2.4494712, -2.4494712, 0, 2.4494712])
    #expect(throws: (any Error).self) {
      try call("LayerNormalization", opset: 17, [NormalizationTests.rows, list(1, 2)])
    }
  }

  @Test func rmsNormalization() throws {
    expect(
      try call("RMSNormalization", opset: 23, [NormalizationTests.rows, list(1, 2, 3)])[0],
      isNear: [0.46290955, 1.8516382, 4.1661859, 0.7895419, 1.9738548, 3.5529385])
  }

  @Test func lpNormalization() throws {
    expect(
      try call("LpNormalization", opset: 22, [NormalizationTests.rows], attributes: ["p": .int(1), "axis": .int(0)])[0],
      isNear: [0.2, 0.2857143, 0.33333334, 0.8, 0.71428573, 0.66666669])
    expect(
      try call("LpNormalization", opset: 1, [NormalizationTests.rows])[0],
      isNear: [0.26726124, 0.53452247, 0.80178368, 0.45584232, 0.56980288, 0.68376344])
    expect(try call("LpNormalization", opset: 1, [list(0, 0)])[0], isNear: [0, 0])
  }

  @Test func meanVarianceNormalization() throws {
    let x = Tensor.of([2, 3, 2, 1], (0..<12).map { Float($0 * $0) })
    expect(
      try call("MeanVarianceNormalization", opset: 13, [x])[0],
      isNear: [
        -1, -0.95348835, -1.05688, -0.90802372, -1.0826949, -0.88584125, 0.67441863, 1.2790698, 0.7293961, 1.2355076,
        0.75460547, 1.2139306,
      ], shape: [2, 3, 2, 1])
  }

  @Test func localResponseNormalization() throws {
    let x = Tensor.of([1, 4, 2, 1], (1...8).map { Float($0) })
    expect(
      try call("LRN", opset: 13, [x], attributes: ["size": .int(3), "alpha": .float(0.9), "bias": .float(1.5)])[0],
      isNear: [0.32366118, 0.44130012, 0.46530241, 0.45208666, 0.42930609, 0.40571523, 0.65168357, 0.60166824])
  }

  @Test func theBitsDoNotDependOnTheBatch() throws {
    let image = (0..<5 * 700).map { Float($0 % 97).squareRoot() }
    let one = Tensor.of([1, 5, 700], image)
    let two = Tensor.of([2, 5, 700], (image + image.reversed()))
    for (name, inputs) in [("InstanceNormalization", [list(1, 2, 3, 4, 5), list(0, 1, 2, 3, 4)])] {
      let alone = try call(name, opset: 6, [one] + inputs, threads: 1)[0].elements(of: Float.self)
      let together = try call(name, opset: 6, [two] + inputs, threads: 4)[0].elements(of: Float.self)
      #expect(Array(together[..<alone.count]) == alone)
    }
  }
}
