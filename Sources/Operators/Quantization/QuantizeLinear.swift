import Tensors

/// Integers for real numbers: x / scale, rounded to the nearest (a half to the even one), plus the zero point, clamped.
/// Or numbers of a floating-point type of at most eight bits: x / scale plus the zero point, rounded once.
///
/// - Source: ONNX operator QuantizeLinear 10, 13 (axis), 19 (`saturate`), 21 (blocks, `output_dtype`), 23 (`precision`),
///   24, 25, 28.
struct QuantizeLinear: Operator {
  private let axis: Int
  private let block: Int
  private let outputType: ElementType?
  private let precision: ElementType?
  private let saturates: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    (axis, block) = try node.quantizationAxis()
    // 0 stands for left out.
    outputType = try node.int("output_dtype") == 0 ? nil : try node.elementType("output_dtype")
    precision = try node.int("precision") == 0 ? nil : try node.elementType("precision")
    saturates = node.version >= 19 ? try node.flag("saturate", default: true) : true
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "x")
    let (scales, values, zeroPoints) = try inputs.quantization(scales: 1, zeroPoints: 2)
    let type = inputs.optional(2)?.elementType ?? outputType ?? .uint8
    guard outputType == nil || outputType == type else {
      throw OperatorError.mismatched("output_dtype is \(outputType!), the zero point of \(type)")
    }
    let format = NarrowFormat(type)
    guard [.int8, .uint8, .int16, .uint16].contains(type) || format != nil, type != .float8e8m0 else {
      throw OperatorError.unsupported("quantization to \(type)")
    }
    let layout = try QuantizationLayout(x.shape, scales: scales.shape, axis: axis, block: block)
    // A scale that is a power of two has no precision of its own.
    let dividing = scales.elementType == .float8e8m0 ? x.elementType : scales.elementType
    let quantization = Quantization(
      layout: layout, scales: values, zeroPoints: zeroPoints, precision: precision ?? dividing,
      isWhole: !type.isFloatingPoint)
    let y = try quantization.quantized(x.converted(to: .float64, context), context)
    guard let format, type.isFloatingPoint else { return [try y.converted(to: type, context)] }
    return [try y.encoded(as: type, format, narrowing: Narrowing(saturates: saturates), context)]
  }
}

private struct Quantization {
  let layout: QuantizationLayout
  let scales: [Double]
  let zeroPoints: [Double]
  let precision: ElementType
  let isWhole: Bool

  /// Numbers in steps of the scale for real ones, all as `Double`s; whole ones where asked for.
  func quantized(_ x: Tensor, _ context: EvaluationContext) throws -> Tensor {
    try Tensor(x.shape, of: Double.self, allocator: context.allocator) { result in
      x.withElements(of: Double.self) { x in
        layout.forEachRun { elements, first, step in
          for (offset, index) in elements.enumerated() {
            let place = first + offset * step
            let quotient = rounded(x[index] / scales[place])
            result[index] = (isWhole ? quotient.rounded(.toNearestOrEven) : quotient) + zeroPoints[place]
          }
        }
      }
    }
  }

  /// A quotient in the precision that the division is to be made in; rounding the exact one twice gives the same.
  private func rounded(_ quotient: Double) -> Double {
    switch precision {
    case .float16: Double(Float16(quotient))
    case .bfloat16: Double(BFloat16(Float(quotient)).floatValue)
    case .float32: Double(Float(quotient))
    default: quotient
    }
  }
}

extension QuantizeLinear: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  var isStraightThrough: Bool { true }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads(inputs: [0], outputs: [0]) }

  /// ∂L/∂x = ∂L/∂y / scale, as if nothing were rounded, and 0 where the result is clamped.
  ///
  /// - Source: Bengio et al., "Estimating or Propagating Gradients Through Stochastic Neurons for Conditional Computation",
  ///   arXiv 1308.3432, section 4, the straight-through estimator.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (context, gradient, x) = (call.context, try call.gradient(), try call.input(0))
    let (scales, values, zeroPoints) = try call.operatorInputs.quantization(scales: 1, zeroPoints: 2)
    let layout = try QuantizationLayout(x.shape, scales: scales.shape, axis: axis, block: block)
    let factors = try layout.scaled(x.shape, values.map { 1 / $0 }, context)
    guard let y = call.outputs.first??.tensor else {
      throw OperatorError.mismatched("output 0 is not kept for the gradient")
    }
    // Half a step around the unrounded result lies what was not clamped.
    let offsets = try layout.scaled(x.shape, zeroPoints, context)
    let exact = try x.converted(to: .float64, context).times(factors, context).plus(offsets, context)
    let passes = try Tensor.paired(exact, y.converted(to: .float64, context), by: RoundedPairing(), context)
    let slope = try factors.times(passes, context).converted(to: gradient.elementType, context)
    return [try gradient.times(slope, context)]
  }
}

/// 1 where the second is the first rounded, else 0.
private struct RoundedPairing: RealPairing {
  func result<Real: RealElement>(for exact: Real, _ rounded: Real) -> Real {
    (exact - rounded).magnitude <= 0.501 ? 1 : 0
  }
}
