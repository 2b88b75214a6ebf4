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
