import Kernels
import Tensors

/// The mean of each window, x: N×C×…; the padding counts as zeros where `count_include_pad` is 1.
///
/// - Source: ONNX operator AveragePool 1, 7 (count_include_pad), 10 (ceil_mode), 11, 19 (dilations), 22.
struct AveragePool: Operator {
  private let window: PoolingWindow
  private let countsPadding: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    window = try PoolingWindow(node)
    countsPadding = try node.flag("count_include_pad")
  }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    guard let x = inputs.first ?? nil, x.isFeatureMap, let axes = try? window.axes(of: x.shape),
      axes.allSatisfy(\.hasNoEmptyWindow)
    else { return nil }
    return .averagePool(rows: axes[0], columns: axes[1], countsPadding: countsPadding)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let input = try inputs.required(0, "X")
    let x = try input.widened(context)
    let axes = try window.axes(of: x.shape)
    if x.elementType == .float32, x.count > 0, let window = Window2D(axes, largestArea: shortSum),
      axes.allSatisfy(\.hasNoEmptyWindow)
    {
      return [try window.pool(x, .average(countsPads: countsPadding), context).cast(to: input.elementType, context)]
    }
    let visitor = AveragePoolVisitor(
      x: x, axes: axes, countsPadding: countsPadding,
      isLong: axes.reduce(1.0) { $0 * Double($1.kernel) } > Double(shortSum), context: context)
    return [try input.elementType.visited(byFloating: visitor).cast(to: input.elementType, context)]
  }
}

/// A sum of so many elements is exact enough in their own precision.
private let shortSum = 64

private struct AveragePoolVisitor: FloatingVisitor {
  let x: Tensor
  let axes: [WindowAxis]
  let countsPadding: Bool
  let isLong: Bool
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    if isLong {
      return try Average<Element, Double>().reduce(x, axes: axes, countsPadding: countsPadding, context)
    }
    return try Average<Element, Element>().reduce(x, axes: axes, countsPadding: countsPadding, context)
  }
}

/// A window without any element gives 0.
private struct Average<Element: RealElement, Sum: RealElement>: PoolingReduction {
  var initial: Sum { 0 }

  func adding(_ element: Element, to sum: Sum) -> Sum { sum + Sum(element) }

  func result(_ sum: Sum, count: Int) -> Element {
    count == 0 ? 0 : Element(sum / Sum(count))
  }
}

extension AveragePool: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x = Σ ∂L/∂y / n over the windows that x lies in, n being how many elements of the window count.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (gradient, shape) = (try call.gradient(), try call.shape(0))
    let visitor = PoolingGradient(
      share: .average(countsPadding: countsPadding), axes: try window.axes(of: shape), gradient: gradient, shape: shape,
      x: nil, y: nil, context: call.context)
    return [try gradient.elementType.visited(byFloating: visitor)]
  }
}
