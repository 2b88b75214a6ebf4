import Kernels
import Tensors

/// c = a · b, element by element. Integers wrap around.
///
/// - Source: ONNX operator Mul 1, 6 (see `BroadcastAlignment`), 7, 13, 14.
struct Mul: ArithmeticOperator {
  let alignment: BroadcastAlignment

  init(_ node: NodeDescription) throws(OperatorError) { alignment = try BroadcastAlignment(node) }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    guard inputs.count == 2, let a = inputs[0], let b = inputs[1] else { return nil }
    if let constant = ChannelConstant(b, for: a, alignment: alignment)
      ?? ChannelConstant(a, for: b, alignment: alignment, isSwapped: true)
    {
      return .finiteScale(factors: constant.values)
    }
    guard a.isFeatureMap, b.isFeatureMap else { return nil }
    return a.shape == b.shape || a.hasPixel(for: b) || b.hasPixel(for: a) ? .product : nil
  }

  static var pointwiseOperation: PointwiseOperation? { .multiply }

  func combine<Element: NumericElement>(_ a: Element, _ b: Element) -> Element { a.times(b) }
}

extension KnownInput {
  /// Whether it has one pixel for each image of `map`, with its channels.
  fileprivate func hasPixel(for map: KnownInput) -> Bool {
    shape.dimensions == Array(map.shape.dimensions.prefix(2)) + [1, 1]
  }
}

extension Mul: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads {
    GradientReads(inputs: [0, 1].filter { wanted[1 - $0] })
  }

  /// ∂L/∂a = ∂L/∂c · b and ∂L/∂b = ∂L/∂c · a, summed over what was broadcast.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    try call.forEachWanted { index in
      let other = try call.input(1 - index)
      let product = try call.gradient().times(
        other, alignment: index == 0 ? alignment : .multidirectional, call.context)
      return try operandGradient(product, of: index, call)
    }
  }
}
