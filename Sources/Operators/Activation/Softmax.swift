/// y = exp(x) / Σ exp(x) along an axis, computed relative to the largest so that nothing overflows.
///
/// - Source: ONNX operator Softmax 1, 11, 13; see `AxisLines`.
struct Softmax: LineFunction {
  let lines: AxisLines

  init(_ node: NodeDescription) throws(OperatorError) { lines = try AxisLines(softmax: node) }

  /// The function along one axis, counted from the end where negative.
  init(along axis: Int) { lines = AxisLines(along: axis) }

  func replace<Real: RealElement>(_ line: UnsafeMutableBufferPointer<Real>) {
    line.subtract(line.largest)
    for index in line.indices { line[index] = line[index].exponential }
    let scale = Real(1 / laneSum(line.count) { Double(line[$0]) })
    for index in line.indices { line[index] *= scale }
  }
}
