import GraphIR
import Kernels
import Tensors
import Testing

@testable import Operators

/// Gradient rules against central differences in double precision.
struct GradientTests {
  static func cases(seed: UInt64) -> [GradientCase] {
    var random = RandomTensors(seed: seed)
    return elementwiseGradientCases(&random) + mapGradientCases(&random) + shapeGradientCases(&random)
      + sequenceGradientCases(&random)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func agreeWithDifferences(seed: UInt64) throws {
    var random = RandomTensors(seed: 1000 + seed)
    for gradientCase in GradientTests.cases(seed: seed) {
      do {
        let error = try gradientCase.relativeError(&random)
        let shapes = gradientCase.inputs.map { $0?.shape.description ?? "-" }
        #expect(
          error <= 1e-5, "\(gradientCase.name) \(gradientCase.opset) \(gradientCase.attributes) of \(shapes): \(error)")
      } catch {
        Issue.record("\(gradientCase.name) \(gradientCase.opset) \(gradientCase.attributes): \(error)")
      }
    }
  }

  /// Every operator with a rule has a case, but for those on integers.
  @Test func coverEveryRule() {
    let withRule = OperatorRegistry.entries.filter { $0.type is any DifferentiableOperator.Type }.map(\.name)
    let covered = Set(GradientTests.cases(seed: 1).map(\.name))
    #expect(Set(withRule).subtracting(covered) == ["DequantizeLinear", "QuantizeLinear"])
  }

  /// Operators whose derivative is zero or missing are refused rather than passed over.
  @Test func roundingHasNoRule() {
    let without = ["Round", "Floor", "Ceil", "Sign", "Hardmax", "DynamicQuantizeLinear", "QLinearConv"]
    for entry in OperatorRegistry.entries where without.contains(entry.name) {
      #expect(!(entry.type is any DifferentiableOperator.Type) && !(entry.type is any DiscreteOperator.Type))
    }
  }

  /// As if nothing were rounded, within the range: 1 / scale, and scale.
  @Test func quantizationIsStraightThrough() throws {
    let context = EvaluationContext(pool: ThreadPool(threadCount: 1), allocator: TensorAllocator())
    func gradient(_ name: String, _ inputs: [Tensor], _ received: [Double]) throws -> [Double] {
      let node = Node(
        name: "", operatorName: name, inputs: inputs.indices.map { ValueID($0) }, outputs: [ValueID(inputs.count)])
      let operation = try #require(
        try OperatorRegistry.makeOperator(for: node, opsets: ["": 13]) as? any DifferentiableOperator)
      let y = try operation.evaluate(OperatorInputs(inputs), context)[0]
      let call = GradientCall(
        inputs: inputs.map { .init($0) }, outputs: [.init(y)], gradients: [.of([received.count], received)],
        wanted: [true, false, false], context: context)
      return try #require(try operation.vectorJacobianProduct(call)[0]).elements(of: Double.self)
    }
    let (scale, zero) = (Tensor.of([1], [Float(0.5)]), Tensor.of([1], [Int8(3)]))
    #expect(
      try gradient("QuantizeLinear", [.of([4], [Float(0.6), -90, 90, -0.1]), scale, zero], [1, 1, 1, 3]) == [
        2, 0, 0, 6,
      ])
    #expect(try gradient("DequantizeLinear", [.of([2], [Int8(7), -4]), scale, zero], [1, 3]) == [0.5, 1.5])
  }
}
