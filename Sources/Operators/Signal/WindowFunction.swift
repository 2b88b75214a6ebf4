import Tensors

/// The Hann, Hamming or Blackman window of a size: a₀ − a₁·cos(2πn/N) + a₂·cos(4πn/N), where N is the size, or one less
/// without `periodic`.
///
/// A symmetric window of one element, for which the specification divides by zero, is 1.
///
/// - Source: ONNX operators HannWindow, HammingWindow and BlackmanWindow 17.
struct WindowFunction: Operator {
  private let isPeriodic: Bool
  private let type: ElementType
  private let terms: (Double, Double, Double)

  init(_ node: NodeDescription) throws(OperatorError) {
    isPeriodic = try node.flag("periodic", default: true)
    type = try node.numericType("output_datatype")
    terms =
      switch node.operatorName {
      case "HannWindow": (0.5, 0.5, 0)
      case "HammingWindow": (25.0 / 46, 21.0 / 46, 0)
      default: (0.42, 0.5, 0.08)
      }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    guard let size = try inputs.integer(0, "size"), size >= 0 else {
      throw OperatorError.mismatched("size is not one number that is not negative")
    }
    let period = Double(isPeriodic ? size : size - 1)
    let window = try Tensor(try Shape([size]), of: Double.self, allocator: context.allocator) { window in
      for index in 0..<size {
        let turns = Double(index) / period
        window[index] =
          period == 0 ? 1 : terms.0 - terms.1 * Complex(turns: turns).x + terms.2 * Complex(turns: 2 * turns).x
      }
    }
    return [try window.converted(to: type, context)]
  }
}

extension NodeDescription {
  /// An attribute that names a numeric element type by its number; float32 where it is left out.
  func numericType(_ name: String) throws(OperatorError) -> ElementType {
    let type = try elementType(name) ?? .float32
    guard type != .bool, type != .string else { throw .malformed("attribute \(name) is \(type), not a numeric type") }
    return type
  }
}
