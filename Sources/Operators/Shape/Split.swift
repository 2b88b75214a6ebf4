import Tensors

/// The input cut into parts along an axis: parts of the given sizes, or equal parts, as many as there are outputs.
///
/// - Source: ONNX operator Split 1, 2 (sizes as an attribute), 11, 13 (as an input), 18 (`num_outputs`; the last part may
///   be smaller).
struct Split: Operator {
  private let axis: Int
  private let sizes: ListParameter
  private let outputCount: Int
  private let partCount: Int
  private let allowsRest: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    axis = try node.int("axis") ?? 0
    if node.version == 1, node.hasInput(1) {
      throw .unsupported("sizes given as an input of the data's type; give them as the attribute split")
    }
    sizes = try ListParameter(node, "split", inputFrom: 13, at: 1)
    let wanted = node.version >= 18 ? try node.int("num_outputs") : nil
    allowsRest = node.version >= 18
    outputCount = node.outputCount
    partCount = wanted ?? node.outputCount
    guard partCount >= max(1, node.outputCount), partCount <= 1 << 20 else {
      throw .malformed("\(partCount) parts are wanted for \(node.outputCount) outputs")
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input")
    let axis = try x.shape.normalizedAxis(axis)
    let sizes = try sizes.values(inputs, "split") ?? equalSizes(of: x.shape[axis])
    var rest = x.shape[axis]
    for size in sizes {
      guard size >= 0, size <= rest else { break }
      rest -= size
    }
    guard rest == 0, sizes.allSatisfy({ $0 >= 0 }), sizes.reduce(0, &+) == x.shape[axis], sizes.count >= outputCount
    else {
      throw OperatorError.mismatched(
        "parts of sizes \(sizes) do not make up axis \(axis) of an input of shape \(x.shape) in \(outputCount) outputs")
    }
    var view = StridedView(x.shape)
    return try sizes.map { size in
      view.dimensions[axis] = size
      defer { view.offset += size * view.strides[axis] }
      return try x.copied(view, to: try Shape(view.dimensions), context)
    }
  }

  private func equalSizes(of extent: Int) throws(OperatorError) -> [Int] {
    guard allowsRest || extent % partCount == 0 else {
      throw .mismatched("an extent of \(extent) does not split into \(partCount) equal parts")
    }
    let size = (extent + partCount - 1) / partCount
    return (0..<partCount).map { min(size, max(0, extent - $0 * size)) }
  }
}

extension Split: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  func isDifferentiable(output index: Int) -> Bool { true }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x is the gradients of all parts one behind the other, zeros for those that the score does not depend on.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let shape = try call.shape(0)
    let axis = try shape.normalizedAxis(axis)
    let sizes = try sizes.values(call.operatorInputs, "split") ?? equalSizes(of: shape[axis])
    guard let type = call.gradients.lazy.compactMap({ $0?.elementType }).first else { return [] }
    let parts = try sizes.enumerated().map { index, size in
      try (call.gradients.indices.contains(index) ? call.gradients[index] : nil)
        ?? .zeros(shape.replacing(axis, by: size), type, call.context)
    }
    return [try .concatenated(parts, axis: axis, call.context)]
  }
}
