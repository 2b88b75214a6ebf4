import Tensors

/// The input with elements added before and behind along its axes; a negative number cuts elements off.
///
/// What is added is a constant, the mirror image (`reflect`, without the edge itself), the edge, or the other end
/// (`wrap`).
///
/// - Source: ONNX operator Pad 1 (`paddings`), 2 (`pads`), 11 (as inputs), 13, 18 (axes), 19 (wrap), 21, 23, 24, 25.
struct Pad: Operator {
  private enum Mode: String {
    case constant
    case reflect
    case edge
    case wrap
  }

  private let mode: Mode
  private let pads: ListParameter
  private let axes: ListParameter
  /// The attribute of versions before 11.
  private var value: Float?

  init(_ node: NodeDescription) throws(OperatorError) {
    let name = try node.string("mode") ?? "constant"
    guard let mode = Mode(rawValue: name), mode != .wrap || node.version >= 19 else {
      throw .malformed("mode is '\(name)', which version \(node.version) does not have")
    }
    self.mode = mode
    pads = try ListParameter(node, node.version == 1 ? "paddings" : "pads", inputFrom: 11, at: 1)
    axes = node.version >= 18 ? .input(3) : .attribute(nil)
    value = node.version < 11 ? try node.float("value") ?? 0 : nil
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "data")
    let pads = try pads.required(inputs, "pads")
    let axes = try x.shape.normalizedAxes(try axes.values(inputs, "axes") ?? Array(0..<x.shape.rank))
    guard pads.count == 2 * axes.count else {
      throw OperatorError.malformed("there are \(pads.count) pads for \(axes.count) axes")
    }
    guard pads.allSatisfy({ abs($0 / 2) < Int.max / 8 }) else {
      throw OperatorError.malformed("pads \(pads) are larger than can be addressed")
    }
    var before = [Int](repeating: 0, count: x.shape.rank)
    var after = before
    for (index, axis) in axes.enumerated() {
      before[axis] = pads[index]
      after[axis] = pads[axes.count + index]
    }
    let shape = try Shape(x.shape.dimensions.indices.map { before[$0] + x.shape[$0] + after[$0] })
    for axis in shape.dimensions.indices where mode != .constant {
      let kept = x.shape[axis] + min(before[axis], 0) + min(after[axis], 0)
      guard kept > 0 || shape[axis] == 0 else {
        throw OperatorError.mismatched("axis \(axis) of an input of shape \(x.shape) has nothing to pad with")
      }
    }
    return [
      try x.gathered(to: shape, fill: try filler(inputs, for: x.elementType), context) {
        shape.dimensions.indices.map { axis in
          table(before: before[axis], after: after[axis], extent: x.shape[axis], count: shape[axis])
        }
      }
    ]
  }

  /// The element that a constant padding adds; nil is zero.
  private func filler(_ inputs: OperatorInputs, for type: ElementType) throws -> Tensor? {
    if let value { return try .scalar(Double(value), of: type) }
    guard let filler = inputs.optional(2) else { return nil }
    guard filler.count == 1, filler.elementType == type else {
      throw OperatorError.mismatched(
        "constant_value is of \(filler.elementType) and shape \(filler.shape); one element of \(type) is expected")
    }
    return filler
  }

  /// For each position of the output the input's along one axis; −1 for the constant.
  private func table(before: Int, after: Int, extent: Int, count: Int) -> [Int] {
    let low = min(max(0, -before), extent)
    let high = max(low, extent + min(after, 0))
    let kept = high - low
    return (0..<count).map { index in
      let position = index - before
      if position >= low, position < high { return position }
      switch mode {
      case .constant: return -1
      case .edge: return position < low ? low : high - 1
      case .wrap: return low + modulo(position - low, kept)
      case .reflect:
        guard kept > 1 else { return low }
        let phase = modulo(position - low, 2 * (kept - 1))
        return low + min(phase, 2 * (kept - 1) - phase)
      }
    }
  }

  private func modulo(_ value: Int, _ period: Int) -> Int {
    let rest = value % period
    return rest < 0 ? rest + period : rest
  }
}

extension Pad: ElementSelection {
  func isDifferentiable(input index: Int) -> Bool { index == 0 || index == 2 }

  var withoutConstants: any Operator {
    var result = self
    if value != nil { result.value = 0 }
    return result
  }
}
