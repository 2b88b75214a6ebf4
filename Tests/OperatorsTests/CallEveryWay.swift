import GraphIR
import Kernels
import Operators
import Tensors

/// A result as numbers of double precision.
struct Outcome {
  /// How it came about.
  let way: String
  let shape: [Int]
  let values: [Double]
}

/// Calls an operator with the same small numbers in every way there is: float32 by the vector kernels, float32 with all
/// inputs but the first prepared as constants, float64 and float16 by the plain loops.
func callEveryWay(
  _ name: String, opset: Int, _ inputs: [Tensor?], attributes: [String: Attribute] = [:]
) throws -> [Outcome] {
  let node = Node(
    name: "test", operatorName: name, inputs: inputs.indices.map { inputs[$0] == nil ? nil : ValueID($0) },
    outputs: [ValueID(inputs.count)], attributes: attributes)
  let context = EvaluationContext(pool: ThreadPool(threadCount: 2), allocator: TensorAllocator())
  let operation = try OperatorRegistry.makeOperator(for: node, opsets: ["": opset])
  let prepared = try operation.prepared(constants: [nil] + inputs.dropFirst(), context)
  func converted<Element: TensorElement>(_ convert: (Float) -> Element) -> OperatorInputs {
    OperatorInputs(inputs.map { $0.map { Tensor($0.shape, $0.elements(of: Float.self).map(convert)) } })
  }
  func outcome<Element: TensorElement & BinaryFloatingPoint>(
    _ way: String, _ operation: any Operator, _ inputs: OperatorInputs, _ type: Element.Type
  ) throws -> Outcome {
    let y = try operation.evaluate(inputs, context)[0]
    return Outcome(way: way, shape: y.shape.dimensions, values: y.elements(of: type).map { Double($0) })
  }
  return [
    try outcome("float32", operation, OperatorInputs(inputs), Float.self),
    try outcome("prepared", prepared, OperatorInputs(inputs), Float.self),
    try outcome("float64", operation, converted { Double($0) }, Double.self),
    try outcome("float16", operation, converted { Float16($0) }, Float16.self),
  ]
}

extension Tensor {
  /// Small numbers in a pattern: element i is i · step modulo `modulus`, minus `offset`, over `divisor`.
  static func pattern(_ extents: [Int], step: Int, modulus: Int, offset: Int, divisor: Float = 1) -> Tensor {
    let shape = try! Shape(extents)
    return Tensor(shape, (0..<shape.count).map { Float($0 * step % modulus - offset) / divisor })
  }
}
