import Tensors

/// Sums, means, extrema, norms and the like along axes; along all axes where none are given.
///
/// Floating-point sums are made in double precision and rounded once. Integers wrap around.
///
/// - Source: ONNX operators ReduceL1, ReduceL2, ReduceLogSum, ReduceLogSumExp, ReduceMax, ReduceMean, ReduceMin,
///   ReduceProd, ReduceSum, ReduceSumSquare 1, 11 (negative axes), 12, 13 (ReduceSum: axes as an input), 18 (the others),
///   20 (truth values), 28.
struct Reduce: Operator {
  private let kind: ReductionKind
  private let axes: ListParameter
  private let keepsAxes: Bool
  private let reducesNothingByDefault: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    guard let kind = ReductionKind(rawValue: node.operatorName) else {
      throw .unsupported("reduction \(node.operatorName)")
    }
    self.kind = kind
    axes = try ListParameter(node, "axes", inputFrom: kind == .sum ? 13 : 18, at: 1)
    keepsAxes = try node.flag("keepdims", default: true)
    reducesNothingByDefault = try node.flag("noop_with_empty_axes")
  }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    guard kind == .mean, let x = inputs.first ?? nil, x.isFeatureMap,
      let axes = try? x.shape.normalizedAxes(axes.values(OperatorInputs(inputs.map { $0?.constant }), "axes") ?? []),
      axes.sorted() == [2, 3]
    else { return nil }
    return .globalAveragePool(keepsAxes: keepsAxes)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "data")
    let axes = try reducedAxes(of: x.shape, inputs)
    let layout = try ReductionLayout(x.shape, axes: axes, keepsAxes: keepsAxes)
    let rows = try layout.rows(of: x, context)
    if x.elementType == .bool {
      guard kind == .max || kind == .min else {
        throw OperatorError.mismatched("truth values have no \(kind.rawValue)")
      }
      return [try layout.reduceTruth(rows, isMaximum: kind == .max, context)]
    }
    let visitor = ReduceVisitor(kind: kind, rows: try rows.widened(context), layout: layout, context: context)
    let result = try x.elementType.visited(by: visitor)
    return [
      kind.wrapsAround
        ? try result.cast(to: x.elementType, context) : try result.clamped(to: x.elementType, context)
    ]
  }
}

extension Reduce {
  private func reducedAxes(of shape: Shape, _ inputs: OperatorInputs) throws(OperatorError) -> [Int] {
    let axes = try shape.normalizedAxes(try axes.values(inputs, "axes") ?? [])
    return axes.isEmpty && !reducesNothingByDefault ? Array(0..<shape.rank) : axes
  }
}

extension Tensor {
  /// The sums of widened elements along the given axes, which are distinct and not negative; these axes are dropped.
  func sum(along axes: [Int], _ context: EvaluationContext) throws -> Tensor {
    let layout = try ReductionLayout(shape, axes: axes, keepsAxes: false)
    let rows = try layout.rows(of: self, context)
    return try elementType.visited(by: ReduceVisitor(kind: .sum, rows: rows, layout: layout, context: context))
  }
}

/// What is made of the elements; raw values are the operators' names.
enum ReductionKind: String, Sendable {
  case l1 = "ReduceL1"
  case l2 = "ReduceL2"
  case logSum = "ReduceLogSum"
  case logSumExp = "ReduceLogSumExp"
  case max = "ReduceMax"
  case mean = "ReduceMean"
  case min = "ReduceMin"
  case prod = "ReduceProd"
  case sum = "ReduceSum"
  case sumSquare = "ReduceSumSquare"

  /// Whether the low bits of an integer result are those of the exact one.
  var wrapsAround: Bool {
    switch self {
    case .l1, .prod, .sum, .sumSquare: true
    case .l2, .logSum, .logSumExp, .max, .mean, .min: false
    }
  }
}

private struct ReduceVisitor: NumericVisitor {
  let kind: ReductionKind
  let rows: Tensor
  let layout: ReductionLayout
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    try Tensor(layout.result, of: type, allocator: context.allocator) { result in
      guard result.count > 0 else { return }
      nonisolated(unsafe) let result = result
      rows.withElements(of: type) { elements in
        nonisolated(unsafe) let elements = elements
        layout.forEachRow(context.pool) { row, range in
          result[row] = kind.reduce(UnsafeBufferPointer(rebasing: elements[range]))
        }
      }
    }
  }
}

extension Reduce: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { kind.gradientReads }

  /// See `ReductionKind.gradient(_:of:result:axes:_:)`.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let shape = try call.shape(0)
    let axes = try reducedAxes(of: shape, call.operatorInputs)
    let kept = try Shape(shape.dimensions.indices.map { axes.contains($0) ? 1 : shape[$0] })
    let reads = kind.gradientReads
    let gradient = try kind.gradient(
      call.gradient().reshaped(to: kept), of: reads.inputs.isEmpty ? nil : call.input(0),
      result: reads.outputs.isEmpty ? nil : call.output().reshaped(to: kept), axes: axes, shape: shape, call.context)
    return [gradient]
  }
}
