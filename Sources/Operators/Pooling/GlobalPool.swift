import Tensors

/// An operator that makes one element of each channel of an N×C×… tensor; the spatial extents become 1.
protocol GlobalPool: Operator {
  /// The result for one channel's elements.
  func pooled<Element: RealElement>(_ elements: UnsafePointer<Element>, count: Int) -> Element
}

extension GlobalPool {
  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    guard x.shape.rank >= 2 else { throw OperatorError.mismatched("X has shape \(x.shape); at least N×C is expected") }
    guard !x.shape.dimensions[2...].contains(0) else {
      throw OperatorError.mismatched("a spatial extent of X of shape \(x.shape) is 0")
    }
    let visitor = GlobalPoolVisitor(pool: self, x: try x.widened(context), context: context)
    return [try x.elementType.visited(byFloating: visitor).cast(to: x.elementType, context)]
  }
}

private struct GlobalPoolVisitor<Pool: GlobalPool>: FloatingVisitor {
  let pool: Pool
  let x: Tensor
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let pool = pool
    let spatialRank = x.shape.rank - 2
    let plane = x.shape.count(of: 2..<x.shape.rank)
    let shape = try Shape(Array(x.shape.dimensions[..<2]) + [Int](repeating: 1, count: spatialRank))
    return try Tensor(shape, of: type, allocator: context.allocator) { target in
      x.withElements(of: type) { source in
        guard x.count > 0 else { return }
        nonisolated(unsafe) let source = source.baseAddress!
        nonisolated(unsafe) let target = target.baseAddress!
        context.pool.forEachChunk(of: shape.count, size: max(1, 8192 / plane)) { channels in
          for channel in channels { target[channel] = pool.pooled(source + channel * plane, count: plane) }
        }
      }
    }
  }
}

/// The mean of each channel.
///
/// - Source: ONNX operator GlobalAveragePool 1, 22.
struct GlobalAveragePool: GlobalPool {
  init(_ node: NodeDescription) {}

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    inputs.first??.isFeatureMap == true ? .globalAveragePool(keepsAxes: true) : nil
  }

  func pooled<Element: RealElement>(_ elements: UnsafePointer<Element>, count: Int) -> Element {
    Element(laneSum(count) { Double(elements[$0]) } / Double(count))
  }
}

/// The largest element of each channel; NaN if one is.
///
/// - Source: ONNX operator GlobalMaxPool 1, 22.
struct GlobalMaxPool: GlobalPool {
  init(_ node: NodeDescription) {}

  func pooled<Element: RealElement>(_ elements: UnsafePointer<Element>, count: Int) -> Element {
    var largest = elements[0]
    for index in 1..<count { largest = elements[index].maximum(largest) }
    return largest
  }
}

/// The Lp norm of each channel, (Σ |x|^p)^(1/p).
///
/// - Source: ONNX operator GlobalLpPool 1 (p is a float), 2, 22.
struct GlobalLpPool: GlobalPool {
  private let p: Double

  init(_ node: NodeDescription) throws(OperatorError) { p = try node.normOrder() }

  func pooled<Element: RealElement>(_ elements: UnsafePointer<Element>, count: Int) -> Element {
    let sum = laneSum(count) { Double(elements[$0]).magnitude.power(p) }
    return Element(sum.power(1 / p))
  }
}

extension GlobalAveragePool: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x = ∂L/∂y / n for each of a channel's n elements.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let shape = try call.shape(0)
    let share = 1 / Double(shape.count(of: 2..<shape.rank))
    return [try call.gradient().scaled(by: share, call.context).repeated(to: shape, call.context)]
  }
}

extension GlobalMaxPool: DifferentiableOperator {
  /// ∂L/∂x = ∂L/∂y where x is the largest element of its channel, in equal parts where several are, else 0.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (context, x) = (call.context, try call.input(0))
    let mask = try Tensor.paired(x, call.output(), by: EqualityPairing(), context)
    let share = try call.gradient().divided(by: mask.summed(to: call.gradient().shape, context), context)
    return [try mask.times(share, context)]
  }
}

extension GlobalLpPool: DifferentiableOperator {
  /// ∂L/∂x = ∂L/∂y · sign x · (|x| / y)^(p − 1); 0 where y is 0.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let ratio = try Tensor.paired(call.input(0), call.output(), by: NormRatio(p: p), call.context)
    return [try ratio.times(call.gradient(), call.context)]
  }
}

private struct NormRatio: RealPairing {
  let p: Double

  func result<Real: RealElement>(for x: Real, _ norm: Real) -> Real {
    guard x != 0, norm != 0 else { return 0 }
    let ratio = Real((Double(x).magnitude / Double(norm)).power(p - 1))
    return x < 0 ? -ratio : ratio
  }
}
