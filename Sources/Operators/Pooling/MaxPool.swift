import Kernels
import Tensors

/// The largest element of each window, and as a second output where it stands; NaN if one is. x: N×C×….
///
/// - Source: ONNX operator MaxPool 1, 8 (indices), 10 (ceil_mode, dilations), 11, 12 (int8, uint8), 22.
struct MaxPool: Operator {
  private let window: PoolingWindow
  private let isColumnMajor: Bool
  private let outputCount: Int

  init(_ node: NodeDescription) throws(OperatorError) {
    window = try PoolingWindow(node)
    isColumnMajor = try node.flag("storage_order")
    outputCount = node.outputCount
  }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    guard outputCount == 1, let x = inputs.first ?? nil, x.isFeatureMap, let axes = try? window.axes(of: x.shape) else {
      return nil
    }
    return .maxPool(rows: axes[0], columns: axes[1])
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let input = try inputs.required(0, "X")
    let x = try input.widened(context)
    let axes = try window.axes(of: x.shape)
    let values =
      if x.elementType == .float32, x.count > 0, let window = Window2D(axes, largestArea: 4096) {
        try window.pool(x, .maximum, context)
      } else {
        try input.elementType.visited(by: MaxPoolVisitor(x: x, axes: axes, context: context))
      }
    let narrowed = try values.clamped(to: input.elementType, context)
    guard outputCount > 1 else { return [narrowed] }
    return [
      narrowed,
      try input.elementType.visited(
        by: MaxPoolIndexVisitor(x: x, axes: axes, isColumnMajor: isColumnMajor, context: context)),
    ]
  }
}

private struct MaxPoolVisitor: NumericVisitor {
  let x: Tensor
  let axes: [WindowAxis]
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    try Maximum<Element>().reduce(x, axes: axes, countsPadding: false, context)
  }
}

private struct Maximum<Element: NumericElement>: PoolingReduction {
  var initial: Element { .lowest }

  func adding(_ element: Element, to largest: Element) -> Element { element.maximum(largest) }

  func result(_ largest: Element, count: Int) -> Element { largest }
}

/// Finds the first largest element of each window. A window that lies in the padding gives −1.
private struct MaxPoolIndexVisitor: NumericVisitor {
  let x: Tensor
  let axes: [WindowAxis]
  let isColumnMajor: Bool
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    let shape = try Shape([x.shape[0], x.shape[1]] + axes.map(\.output))
    guard x.count > 0 else { return Tensor(shape, [Int64]()) }
    let planes = x.shape[0] * x.shape[1]
    let (inputPlane, outputPlane) = (x.count / planes, shape.count / planes)
    let rows = PlaneRows(axes: axes, countsPadding: false)
    let last = axes.last!
    return try Tensor(shape, of: Int64.self, allocator: context.allocator) { target in
      x.withElements(of: type) { source in
        nonisolated(unsafe) let source = source.baseAddress!
        nonisolated(unsafe) let target = target.baseAddress!
        context.pool.forEach(planes) { plane in
          let from = source + plane * inputPlane
          for row in 0..<rows.count {
            let to = target + plane * outputPlane + row * last.output
            for window in 0..<last.output {
              let start = last.start(window)
              var largest = Element.lowest
              var place: Int?
              _ = rows.forEachSource(of: row) { offset in
                for element in last.inside(window) {
                  let candidate = offset + start + element * last.dilation
                  let isLarger = from[candidate] > largest || (from[candidate].isNaN && !largest.isNaN)
                  if place == nil || isLarger {
                    largest = from[candidate]
                    place = candidate
                  }
                }
              }
              to[window] = place.map { Int64(plane * inputPlane + index(ofPlace: $0)) } ?? -1
            }
          }
        }
      }
    }
  }

  /// The index in the plane, counted as `storage_order` says.
  private func index(ofPlace place: Int) -> Int {
    guard isColumnMajor else { return place }
    var rest = place
    var index = 0
    for axis in axes.indices.reversed() {
      index += rest % axes[axis].input * axes[..<axis].reduce(1) { $0 * $1.input }
      rest /= axes[axis].input
    }
    return index
  }
}

extension MaxPool: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads(inputs: [0]) }

  /// ∂L/∂x = Σ ∂L/∂y over the windows of which x is the first largest element.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (gradient, x) = (try call.gradient(), try call.input(0))
    let axes = try window.axes(of: x.shape)
    if x.elementType == .float32, x.count > 0, gradient.count > 0, axes.allSatisfy({ $0.input <= 1 << 15 }),
      let window = Window2D(axes, largestArea: 4096)
    {
      return [try window.maxPoolGradient(gradient, of: x, call.context)]
    }
    let visitor = PoolingGradient(
      share: .largest, axes: axes, gradient: gradient, shape: x.shape, x: x, y: nil,
      context: call.context)
    return [try gradient.elementType.visited(byFloating: visitor)]
  }
}
