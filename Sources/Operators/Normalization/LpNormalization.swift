/// y = x / (the Lp norm of x along an axis) for p = 1 or 2; 0 where the norm is 0.
///
/// - Source: ONNX operator LpNormalization 1, 22.
struct LpNormalization: LineFunction {
  let lines: AxisLines
  private let isEuclidean: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    lines = AxisLines(along: try node.int("axis") ?? -1)
    let p = try node.int("p") ?? 2
    guard p == 1 || p == 2 else { throw .malformed("attribute p is \(p), not 1 or 2") }
    isEuclidean = p == 2
  }

  func replace<Real: RealElement>(_ line: UnsafeMutableBufferPointer<Real>) {
    var sum = 0.0
    for value in line { sum += isEuclidean ? Double(value) * Double(value) : Double(value).magnitude }
    let norm = isEuclidean ? sum.squareRoot() : sum
    for index in line.indices { line[index] = norm == 0 ? 0 : Real(Double(line[index]) / norm) }
  }
}
