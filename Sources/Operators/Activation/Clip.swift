import Tensors

/// y = min(max(x, lower), upper), element by element; each bound may be left out. A NaN stays a NaN.
///
/// - Source: ONNX operator Clip 1, 6 (the bounds are attributes), 11, 12, 13 (they are inputs).
struct Clip: Operator {
  private enum Bounds: Sendable {
    case attributes(lower: Float?, upper: Float?)
    case inputs
  }

  private let bounds: Bounds

  init(_ node: NodeDescription) throws(OperatorError) {
    bounds = node.version >= 11 ? .inputs : .attributes(lower: try node.float("min"), upper: try node.float("max"))
  }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    guard inputs.first??.isFeatureMap == true else { return nil }
    switch bounds {
    case .attributes(let lower, let upper):
      return .clamp(low: lower ?? -.infinity, high: upper ?? .infinity)
    case .inputs:
      var limits = [-Float.infinity, .infinity]
      for index in 1..<min(3, inputs.count) {
        guard let bound = inputs[index] else { continue }
        guard let constant = bound.constant, constant.elementType == .float32, constant.count == 1 else { return nil }
        limits[index - 1] = constant.elements(of: Float.self)[0]
      }
      return limits.contains(where: \.isNaN) ? nil : .clamp(low: limits[0], high: limits[1])
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input")
    switch bounds {
    case .attributes(let lower, let upper):
      let lower = try lower.map { try Tensor.scalar(Double($0), of: x.elementType) }
      let upper = try upper.map { try Tensor.scalar(Double($0), of: x.elementType) }
      return [try x.clipped(from: lower, to: upper, context)]
    case .inputs:
      return [try x.clipped(from: inputs.optional(1), to: inputs.optional(2), context)]
    }
  }
}

extension Tensor {
  fileprivate func clipped(from lower: Tensor?, to upper: Tensor?, _ context: EvaluationContext) throws -> Tensor {
    for case (let bound?, let name) in [(lower, "min"), (upper, "max")] {
      try bound.requireType(elementType, named: name)
      guard bound.count == 1 else {
        throw OperatorError.mismatched("input \(name) has shape \(bound.shape), not one element")
      }
    }
    let visitor = ClipVisitor(
      x: try widened(context), lower: try lower?.widened(context), upper: try upper?.widened(context), context: context)
    return try elementType.visited(by: visitor).cast(to: elementType, context)
  }
}

private struct ClipVisitor: NumericVisitor {
  let x: Tensor
  let lower: Tensor?
  let upper: Tensor?
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    let lower = lower?.elements(of: type)[0] ?? .lowest
    let upper = upper?.elements(of: type)[0] ?? .highest
    return try x.mapped(by: ClipMap(lower: lower, upper: upper), context)
  }
}

private struct ClipMap<Element: NumericElement>: ElementMap {
  let lower: Element
  let upper: Element

  func result(for x: Element) -> Element {
    let raised = x < lower ? lower : x
    return raised > upper ? upper : raised
  }
}

extension Clip: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads(outputs: [0]) }

  /// ∂L/∂x = ∂L/∂y where lower < y < upper, else 0.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (gradient, y) = (try call.gradient(), try call.output())
    var pairing = ClipGradient()
    switch bounds {
    case .attributes(let lower, let upper):
      pairing.lower = lower.map(Double.init) ?? -.infinity
      pairing.upper = upper.map(Double.init) ?? .infinity
    case .inputs:
      pairing.lower = try call.operatorInputs.number(1, "min") ?? -.infinity
      pairing.upper = try call.operatorInputs.number(2, "max") ?? .infinity
    }
    return [try .paired(gradient, y, by: pairing, call.context)]
  }
}

private struct ClipGradient: RealPairing {
  var lower = -Double.infinity
  var upper = Double.infinity

  func result<Real: RealElement>(for gradient: Real, _ y: Real) -> Real {
    y > Real(lower) && y < Real(upper) ? gradient : 0
  }
}
