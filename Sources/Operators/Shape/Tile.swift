import Tensors

/// The input repeated as a whole along its axes.
///
/// - Source: ONNX operator Tile 1 (a number and an axis), 6, 13 (a number for each axis).
struct Tile: Operator {
  private let repeatsOneAxis: Bool

  init(_ node: NodeDescription) { repeatsOneAxis = node.version == 1 }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input")
    let repeats = try repeats(inputs, for: x.shape)
    guard repeats.count == x.shape.rank, repeats.allSatisfy({ $0 >= 0 }) else {
      throw OperatorError.mismatched("repeats are \(repeats) for an input of shape \(x.shape)")
    }
    let shape = try Shape(
      zip(x.shape.dimensions, repeats).map { extent, count throws(OperatorError) in
        let (product, overflow) = extent.multipliedReportingOverflow(by: count)
        guard !overflow else { throw .mismatched("repeats \(repeats) make more elements than can be addressed") }
        return product
      })
    let view = StridedView(
      dimensions: zip(repeats, x.shape.dimensions).flatMap { [$0, $1] },
      strides: x.shape.strides.flatMap { [0, $0] })
    return [try x.copied(view, to: shape, context)]
  }

  private func repeats(_ inputs: OperatorInputs, for shape: Shape) throws -> [Int] {
    guard repeatsOneAxis else {
      guard let repeats = try inputs.integers(1, "repeats") else {
        throw OperatorError.malformed("input 1 (repeats) is missing")
      }
      return repeats
    }
    let count = try wholeNumber(try inputs.required(1, "tiles"), named: "tiles")
    let axis = try shape.checkedAxis(try wholeNumber(try inputs.required(2, "axis"), named: "axis"))
    var repeats = [Int](repeating: 1, count: shape.rank)
    repeats[axis] = count
    return repeats
  }

  /// The only element of a tensor of the data's type, which version 1 asks for.
  private func wholeNumber(_ tensor: Tensor, named name: String) throws -> Int {
    guard tensor.count == 1, let number = Int(exactly: try tensor.doubles()[0]) else {
      throw OperatorError.mismatched(
        "input \(name) of \(tensor.elementType) and shape \(tensor.shape) is not one whole number")
    }
    return number
  }
}

extension Tile: ElementSelection {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }
}
