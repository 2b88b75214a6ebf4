import Tensors

/// A tensor filled with one number, of the shape that attribute `shape` gives, or the input: as its elements with
/// `input_as_shape`, else as its own shape. `extra_shape` is appended to an input's.
///
/// - Source: the experimental ONNX operator ConstantFill 1 of releases up to 1.4, which exports of recurrent networks
///   from that time hold.
struct ConstantFill: Operator {
  private let value: Tensor
  /// nil where an input gives the shape.
  private let extents: [Int]?
  private let extraExtents: [Int]
  private let takesElements: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    value = try ConstantFill.scalar(try node.float("value") ?? 0, try node.elementType("dtype") ?? .float32)
    extents = try node.ints("shape")
    extraExtents = try node.ints("extra_shape") ?? []
    takesElements = try node.flag("input_as_shape")
    guard node.hasInput(0) == (extents == nil) else {
      throw .malformed("the shape is given by \(extents == nil ? "neither" : "both") an input and attribute shape")
    }
  }

  private static func scalar(_ number: Float, _ type: ElementType) throws(OperatorError) -> Tensor {
    switch type {
    case .float32: return Tensor(scalar: number)
    case .bool: return Tensor(scalar: number != 0)
    case .int32: if let number = Int32(exactly: number) { return Tensor(scalar: number) }
    case .int64: if let number = Int64(exactly: number) { return Tensor(scalar: number) }
    default: throw .unsupported("attribute dtype is \(type); float32, int32, int64 and bool are supported")
    }
    throw .malformed("attribute value is \(number), which is no \(type)")
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let shape = try Shape(extents ?? (try inputExtents(inputs) + extraExtents))
    return [try value.copied(StridedView(dimensions: [shape.count], strides: [0]), to: shape, context)]
  }

  private func inputExtents(_ inputs: OperatorInputs) throws(OperatorError) -> [Int] {
    let input = try inputs.required(0, "input")
    return takesElements ? try inputs.integers(0, "input") ?? [] : input.shape.dimensions
  }
}
