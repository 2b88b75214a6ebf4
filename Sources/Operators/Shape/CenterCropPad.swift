import Tensors

/// The middle of the input where it is larger than the wanted shape, and the input in the middle of zeros where it is
/// smaller; an odd rest goes behind.
///
/// - Source: ONNX operator CenterCropPad 18.
struct CenterCropPad: Operator {
  private let axes: [Int]?

  init(_ node: NodeDescription) throws(OperatorError) { axes = try node.ints("axes") }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input_data")
    guard let wanted = try inputs.integers(1, "shape") else {
      throw OperatorError.malformed("input 1 (shape) is missing")
    }
    let axes = try x.shape.normalizedAxes(axes ?? Array(0..<x.shape.rank))
    guard axes.count == wanted.count else {
      throw OperatorError.mismatched("shape \(wanted) has not one extent for each of the axes \(axes)")
    }
    var dimensions = x.shape.dimensions
    for (axis, extent) in zip(axes, wanted) { dimensions[axis] = extent }
    let shape = try Shape(dimensions)
    return [
      try x.gathered(to: shape, context) {
        shape.dimensions.indices.map { axis in
          let (extent, count) = (x.shape[axis], shape[axis])
          let cropped = max(extent - count, 0) / 2
          let padded = max(count - extent, 0) / 2
          return (0..<count).map { index in
            let position = index - padded + cropped
            return position >= 0 && position < extent ? position : -1
          }
        }
      }
    ]
  }
}

extension CenterCropPad: ElementSelection {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }
}
