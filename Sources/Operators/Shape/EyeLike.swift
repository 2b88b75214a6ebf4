import Tensors

/// A matrix of the input's shape with ones on the diagonal that lies `k` columns to the right of the main one.
///
/// Its type is `dtype`, or else the input's.
///
/// - Source: ONNX operator EyeLike 9, 22.
struct EyeLike: Operator {
  private let k: Int
  private let type: ElementType?

  init(_ node: NodeDescription) throws(OperatorError) {
    k = try node.int("k") ?? 0
    type = try node.elementType("dtype")
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input")
    guard x.shape.rank == 2 else {
      throw OperatorError.mismatched("the input has shape \(x.shape); a matrix is expected")
    }
    let (rows, columns) = (x.shape[0], x.shape[1])
    // Beyond the corners there is no diagonal.
    let k = min(max(k, -rows), columns)
    let type = type ?? x.elementType
    let one = type == .bool ? Tensor(scalar: true) : try .scalar(1, of: type)
    return [
      try one.gatheringBlocks(of: 1, count: x.count, to: x.shape, context) { index in
        index % columns - index / columns == k ? 0 : -1
      }
    ]
  }
}

extension NodeDescription {
  /// An attribute that names an element type by its number; nil where it is left out.
  func elementType(_ name: String) throws(OperatorError) -> ElementType? {
    guard let number = try int(name) else { return nil }
    guard let code = Int32(exactly: number), let type = ElementType(rawValue: code) else {
      throw .unsupported(
        "element type \(ElementType.onnxName(ofDataType: Int32(clamping: number))) of attribute \(name)")
    }
    return type
  }
}
