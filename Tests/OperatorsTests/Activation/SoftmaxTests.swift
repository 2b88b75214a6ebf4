import GraphIR
import Operators
import Tensors
import Testing

/// Expected values from onnxruntime 1.32.
@Suite("Softmax, LogSoftmax, Hardmax")
struct SoftmaxTests {
  static let x = Tensor.of([2, 3], [Float(0.5), 1, 1.5, 2, 2.5, 3])

  @Test func worksAlongOneAxisFromOpset13On() throws {
    expect(
      try call("Softmax", opset: 13, [SoftmaxTests.x])[0],
      isNear: [0.18632373, 0.3071959, 0.5064804, 0.18632373, 0.3071959, 0.5064804], shape: [2, 3])
    expect(
      try call("Softmax", opset: 13, [SoftmaxTests.x], attributes: ["axis": .int(0)])[0],
      isNear: [0.18242551, 0.18242551, 0.18242551, 0.81757444, 0.81757444, 0.81757444], shape: [2, 3])
  }

  @Test func joinsTheFollowingAxesBeforeOpset13() throws {
    let x = Tensor.of([2, 2, 2], (0..<8).map { Float($0) * 0.25 })
    let line: [Float] = [0.16529618, 0.2122445, 0.27252734, 0.34993201]
    expect(try call("Softmax", opset: 11, [x])[0], isNear: line + line, shape: [2, 2, 2])
  }

  @Test func doesNotOverflow() throws {
    let x = Tensor.of([1, 3], [Float(1000), 1001, 1003])
    expect(try call("LogSoftmax", opset: 13, [x])[0], isNear: [-3.1698461, -2.1698461, -0.16984604])
  }

  @Test func hardmaxMarksTheFirstLargest() throws {
    let x = Tensor.of([2, 3], [Float(3), 1, 3, 0, 5, 5])
    #expect(try call("Hardmax", opset: 13, [x])[0].elements(of: Float.self) == [1, 0, 0, 0, 1, 0])
  }

  @Test func aLineOfEqualHalvesSumsToOne() throws {
    let y = try call("Softmax", opset: 13, [.of([1, 1024], [Float16](repeating: 3, count: 1024))])[0]
    #expect(y.elements(of: Float16.self).allSatisfy { $0 == 1 / 1024 })
  }

  @Test func refusesAnAxisOutsideOfTheRank() {
    #expect(throws: OperatorError.self) {
      try call("Softmax", opset: 13, [SoftmaxTests.x], attributes: ["axis": .int(2)])
    }
  }

  @Test func takesAnEmptyTensor() throws {
    #expect(try call("Softmax", opset: 13, [Tensor.of([2, 0], [Float]())])[0].shape.dimensions == [2, 0])
  }
}
