import Tensors

/// The class that wins most duels between two classes, each decided by support vectors; and the duels' scores, or the
/// classes' probabilities where the model has sigmoids for them.
///
/// Of two classes without probabilities the scores are −s and s, where s is the duel's, as onnxruntime has it.
///
/// - Source: ONNX operator SVMClassifier of ai.onnx.ml 1, in the layout of libsvm: C.-C. Chang and C.-J. Lin, "LIBSVM: A
///   library for support vector machines", 2011. Machines without support vectors are not done.
struct SVMClassifier: Operator {
  private let labels: ClassLabels
  private let vectors: SupportVectors

  /// Where the support vectors of each class lie.
  private let ranges: [Range<Int>]

  /// A row for each class but one: in row r, the vectors of a class have the coefficients of its duel with the class r,
  /// or r + 1 from its own index on.
  private let coefficients: [Double]
  private let rho: [Double]
  private let sigmoids: PairwiseProbability?
  private let transform: PostTransform

  init(_ node: NodeDescription) throws(OperatorError) {
    labels = try ClassLabels(node, integers: "classlabels_ints")
    transform = try PostTransform(node)
    guard let counts = try node.ints("vectors_per_class"), !counts.isEmpty else {
      throw .unsupported("a support vector machine without vectors_per_class")
    }
    guard counts.count == labels.count else {
      throw .malformed("vectors_per_class holds \(counts.count) numbers for \(labels.count) classes")
    }
    var ranges: [Range<Int>] = []
    var total = 0
    for count in counts {
      guard count >= 0, count <= Int(Int32.max) else { throw .malformed("a class has \(count) support vectors") }
      ranges.append(total..<total + count)
      total += count
    }
    self.ranges = ranges
    vectors = try SupportVectors(node, count: total)
    let coefficients = try node.floats("coefficients") ?? []
    guard coefficients.count == (labels.count - 1) * total else {
      throw .malformed("there are \(coefficients.count) coefficients for \(labels.count) classes and \(total) vectors")
    }
    self.coefficients = coefficients.map { Double($0) }
    let pairCount = labels.count * (labels.count - 1) / 2
    rho = (try node.floats("rho") ?? []).map { Double($0) }
    guard rho.count == pairCount else {
      throw .malformed("rho holds \(rho.count) numbers for \(pairCount) pairs of classes")
    }
    sigmoids = try PairwiseProbability(node, classCount: labels.count)
    guard sigmoids != nil || labels.count > 2 || transform != .softmax else {
      throw .unsupported("post_transform SOFTMAX of two classes without probabilities")
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let features = try Features(try inputs.required(0, "X"))
    try features.requireWidth(vectors.featureCount)
    let hasTwo = sigmoids == nil && labels.count == 2
    let scoreCount = hasTwo ? 2 : sigmoids == nil ? rho.count : labels.count
    return try features.classified(labels, scoreCount: scoreCount, context) { row in
      let duels = duels(vectors.values(for: row))
      var wins = [Double](repeating: 0, count: labels.count)
      var pair = 0
      for first in 0..<labels.count {
        for second in first + 1..<labels.count {
          wins[duels[pair] > 0 ? first : second] += 1
          pair += 1
        }
      }
      let scores = sigmoids?.probabilities(of: duels) ?? (hasTwo ? [-duels[0], duels[0]] : duels)
      return Classification(classIndex: wins.firstMaximum, scores: transform.applied(to: scores))
    }
  }

  /// For each pair of classes a score that is positive where the first wins.
  private func duels(_ kernels: [Double]) -> [Double] {
    var scores: [Double] = []
    func sum(_ row: Int, _ range: Range<Int>) -> Double {
      range.reduce(0) { $0 + coefficients[row * vectors.count + $1] * kernels[$1] }
    }
    for first in 0..<labels.count {
      for second in first + 1..<labels.count {
        scores.append(rho[scores.count] + sum(second - 1, ranges[first]) + sum(first, ranges[second]))
      }
    }
    return scores
  }
}

/// The probabilities of classes from the scores of their duels.
///
/// - Source: T.-F. Wu, C.-J. Lin and R. C. Weng, "Probability estimates for multi-class classification by pairwise
///   coupling", 2004, algorithm 2, with libsvm's bounds and stopping rule.
private struct PairwiseProbability: Sendable {
  private let classCount: Int
  private let slopes: [Double]
  private let offsets: [Double]

  /// Reads the attributes `prob_a` and `prob_b`; nil where they are left out.
  init?(_ node: NodeDescription, classCount: Int) throws(OperatorError) {
    let slopes = try node.floats("prob_a") ?? []
    let offsets = try node.floats("prob_b") ?? []
    if slopes.isEmpty, offsets.isEmpty { return nil }
    let pairCount = classCount * (classCount - 1) / 2
    guard slopes.count == pairCount, offsets.count == pairCount else {
      throw .malformed("prob_a and prob_b hold \(slopes.count) and \(offsets.count) numbers for \(pairCount) pairs")
    }
    self.classCount = classCount
    self.slopes = slopes.map { Double($0) }
    self.offsets = offsets.map { Double($0) }
  }

  func probabilities(of duels: [Double]) -> [Double] {
    // How probable it is that the row's class wins against the column's.
    var wins = [[Double]](repeating: [Double](repeating: 0, count: classCount), count: classCount)
    var pair = 0
    for first in 0..<classCount {
      for second in first + 1..<classCount {
        let probability = PostTransform.logistic(-(duels[pair] * slopes[pair] + offsets[pair]))
        wins[first][second] = min(max(probability, 1e-7), 1 - 1e-7)
        wins[second][first] = 1 - wins[first][second]
        pair += 1
      }
    }
    return coupled(wins)
  }

  private func coupled(_ wins: [[Double]]) -> [Double] {
    let classes = 0..<classCount
    var q = wins
    for t in classes {
      for j in classes { q[t][j] = -wins[j][t] * wins[t][j] }
      q[t][t] = classes.reduce(0) { $1 == t ? $0 : $0 + wins[$1][t] * wins[$1][t] }
    }
    var p = [Double](repeating: 1 / Double(classCount), count: classCount)
    for _ in 0..<max(100, classCount) {
      var qp = classes.map { t in classes.reduce(0) { $0 + q[t][$1] * p[$1] } }
      var pqp = classes.reduce(0) { $0 + p[$1] * qp[$1] }
      let error = qp.reduce(0) { max($0, ($1 - pqp).magnitude) }
      if error < 0.005 / Double(classCount) { break }
      for t in classes {
        let step = (pqp - qp[t]) / q[t][t]
        p[t] += step
        pqp = (pqp + step * (step * q[t][t] + 2 * qp[t])) / ((1 + step) * (1 + step))
        for j in classes {
          qp[j] = (qp[j] + step * q[t][j]) / (1 + step)
          p[j] /= 1 + step
        }
      }
    }
    return p
  }
}
