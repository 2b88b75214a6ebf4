import Tensors

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

extension LpNormalization: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads(inputs: [0]) }

  /// With the norm n: ∂L/∂x = (∂L/∂y − d · Σ ∂L/∂y · x / n) / n, where d = x / n for p = 2 and the sign of x for p = 1; 0
  /// where the norm is 0.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    [try lines.combined(call.gradient(), call.input(0), by: NormGradient(isEuclidean: isEuclidean), call.context)]
  }
}

private struct NormGradient: LinePairing {
  let isEuclidean: Bool

  func replace<Real: RealElement>(_ gradient: UnsafeMutableBufferPointer<Real>, with x: UnsafeBufferPointer<Real>) {
    let sum = laneSum(x.count) { isEuclidean ? Double(x[$0]) * Double(x[$0]) : Double(x[$0]).magnitude }
    let norm = isEuclidean ? sum.squareRoot() : sum
    let share = laneSum(x.count) { Double(gradient[$0]) * Double(x[$0]) } / norm
    for index in x.indices {
      let x = Double(x[index])
      let direction = isEuclidean ? x / norm : x == 0 ? 0 : x < 0 ? -1 : 1
      gradient[index] = norm == 0 ? 0 : Real((Double(gradient[index]) - direction * share) / norm)
    }
  }
}
