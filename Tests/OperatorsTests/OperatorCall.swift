import GraphIR
import Kernels
import Operators
import Tensors

/// Makes the operator that `opset` means by `name` and calls it once.
func call(
  _ name: String, domain: String = "", opset: Int, _ inputs: [Tensor?], attributes: [String: Attribute] = [:],
  outputs: Int = 1,
  memoryLimit: Int = 1 << 30, threads: Int = 2
) throws -> [Tensor] {
  let node = Node(
    name: "test", domain: domain, operatorName: name,
    inputs: inputs.indices.map { inputs[$0] == nil ? nil : ValueID($0) },
    outputs: (0..<outputs).map { ValueID(inputs.count + $0) }, attributes: attributes)
  let context = EvaluationContext(
    pool: ThreadPool(threadCount: threads), allocator: TensorAllocator(limit: memoryLimit))
  return try OperatorRegistry.makeOperator(for: node, opsets: [domain: opset])
    .evaluate(OperatorInputs(inputs), context)
}

extension Tensor {
  /// A tensor of the given extents and elements.
  static func of<Element: TensorElement>(_ extents: [Int], _ elements: [Element]) -> Tensor {
    Tensor(try! Shape(extents), elements)
  }

  /// A list of int64, such as axes.
  static func list(_ values: Int...) -> Tensor { .of([values.count], values.map { Int64($0) }) }

  /// 0, 1, 2, … as float32.
  static func counting(_ extents: Int...) -> Tensor {
    let shape = try! Shape(extents)
    return Tensor(shape, (0..<shape.count).map { Float($0) })
  }
}
