import Kernels
import Tensors

/// y = exp(x) / Σ exp(x) along an axis, computed relative to the largest so that nothing overflows.
///
/// - Source: ONNX operator Softmax 1, 11, 13; see `AxisLines`.
struct Softmax: LineFunction {
  let lines: AxisLines

  init(_ node: NodeDescription) throws(OperatorError) { lines = try AxisLines(softmax: node) }

  /// The function along one axis, counted from the end where negative.
  init(along axis: Int) { lines = AxisLines(along: axis) }

  func replace<Real: RealElement>(_ line: UnsafeMutableBufferPointer<Real>) {
    if Real.self == Float.self {
      return line.withMemoryRebound(to: Float.self) { Kernels.softmax($0) }
    }
    line.subtract(line.largest)
    for index in line.indices { line[index] = line[index].exponential }
    let scale = Real(1 / laneSum(line.count) { Double(line[$0]) })
    for index in line.indices { line[index] *= scale }
  }
}

extension Softmax: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads(outputs: [0]) }

  /// ∂L/∂x = y · (∂L/∂y − Σ ∂L/∂y · y), the sum being along the axis.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    [try lines.combined(call.gradient(), call.output(), by: SoftmaxGradient(), call.context)]
  }
}

private struct SoftmaxGradient: LinePairing {
  func replace<Real: RealElement>(_ gradient: UnsafeMutableBufferPointer<Real>, with y: UnsafeBufferPointer<Real>) {
    let sum = Real(laneSum(y.count) { Double(gradient[$0]) * Double(y[$0]) })
    for index in y.indices { gradient[index] = y[index] * (gradient[index] - sum) }
  }
}
