import Tensors

/// y = x − ln Σ exp(x) along an axis, computed relative to the largest so that nothing overflows.
///
/// - Source: ONNX operator LogSoftmax 1, 11, 13; see `AxisLines`.
struct LogSoftmax: LineFunction {
  let lines: AxisLines

  init(_ node: NodeDescription) throws(OperatorError) { lines = try AxisLines(softmax: node) }

  /// The function along one axis, counted from the end where negative.
  init(along axis: Int) { lines = AxisLines(along: axis) }

  func replace<Real: RealElement>(_ line: UnsafeMutableBufferPointer<Real>) {
    line.subtract(line.largest)
    var sum = 0.0
    for value in line { sum += Double(value.exponential) }
    line.subtract(Real(sum.naturalLogarithm))
  }
}

extension LogSoftmax: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads(outputs: [0]) }

  /// ∂L/∂x = ∂L/∂y − exp(y) · Σ ∂L/∂y, the sum being along the axis.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    [try lines.combined(call.gradient(), call.output(), by: LogSoftmaxGradient(), call.context)]
  }
}

private struct LogSoftmaxGradient: LinePairing {
  func replace<Real: RealElement>(_ gradient: UnsafeMutableBufferPointer<Real>, with y: UnsafeBufferPointer<Real>) {
    let sum = Real(laneSum(y.count) { Double(gradient[$0]) })
    for index in y.indices { gradient[index] -= y[index].exponential * sum }
  }
}
