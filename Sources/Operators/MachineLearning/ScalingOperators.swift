import Tensors

/// 1 for elements above a threshold, 0 for the others.
///
/// - Source: ONNX operator Binarizer of ai.onnx.ml 1.
struct Binarizer: Operator {
  private let threshold: Float

  init(_ node: NodeDescription) throws(OperatorError) { threshold = try node.float("threshold") ?? 0 }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let elements = try x.doubles()
    let ones = try Tensor(x.shape, of: Float.self, allocator: context.allocator) { result in
      for index in elements.indices { result[index] = elements[index] > Double(threshold) ? 1 : 0 }
    }
    return [try ones.converted(to: x.elementType, context)]
  }
}

/// (x − offset)·scale as float32, with one offset and scale for all elements or for each place along the last axis.
///
/// - Source: ONNX operator Scaler of ai.onnx.ml 1.
struct Scaler: Operator {
  private let offsets: [Float]
  private let scales: [Float]

  init(_ node: NodeDescription) throws(OperatorError) {
    guard let offsets = try node.floats("offset"), let scales = try node.floats("scale"), !offsets.isEmpty,
      offsets.count == scales.count
    else { throw .malformed("attributes offset and scale do not hold as many numbers each") }
    (self.offsets, self.scales) = (offsets, scales)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    try x.requireType(.float32, .float64, .int64, .int32, named: "X")
    guard offsets.count == 1 || x.shape.dimensions.last == offsets.count else {
      throw OperatorError.mismatched("X has shape \(x.shape); the model has \(offsets.count) features")
    }
    let elements = try x.doubles()
    return [
      try Tensor(x.shape, of: Float.self, allocator: context.allocator) { result in
        for index in elements.indices {
          let feature = index % offsets.count
          result[index] = Float((elements[index] - Double(offsets[feature])) * Double(scales[feature]))
        }
      }
    ]
  }
}

/// Rows over their largest element, their sum of magnitudes or their length, as float32; where that is 0 they stay.
///
/// - Source: ONNX operator Normalizer of ai.onnx.ml 1, whose text and onnxruntime take the largest element as it is, not
///   its magnitude, and whose L1 sums magnitudes in onnxruntime.
struct Normalizer: Operator {
  private enum Norm: String {
    case largest = "MAX"
    case sum = "L1"
    case length = "L2"
  }

  private let norm: Norm

  init(_ node: NodeDescription) throws(OperatorError) {
    let name = try node.string("norm") ?? Norm.largest.rawValue
    guard let norm = Norm(rawValue: name) else { throw .malformed("norm is '\(name)', not MAX, L1 or L2") }
    self.norm = norm
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let features = try Features(x)
    let rows = try features.mapped(to: features.width, context) { row in
      let divisor =
        switch norm {
        case .largest: row.max() ?? 0
        case .sum: row.reduce(0) { $0 + $1.magnitude }
        case .length: row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
      return divisor == 0 ? Array(row) : row.map { $0 / divisor }
    }
    return [try rows.reshaped(to: x.shape)]
  }
}
