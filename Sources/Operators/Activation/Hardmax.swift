/// 1 at the first of the largest elements along an axis, 0 elsewhere.
///
/// - Source: ONNX operator Hardmax 1, 11, 13; see `AxisLines`.
struct Hardmax: LineFunction {
  let lines: AxisLines

  init(_ node: NodeDescription) throws(OperatorError) { lines = try AxisLines(softmax: node) }

  func replace<Real: RealElement>(_ line: UnsafeMutableBufferPointer<Real>) {
    let largest = line.largest
    let place = line.firstIndex { $0 == largest || $0.isNaN }
    for index in line.indices { line[index] = index == place ? 1 : 0 }
  }
}
