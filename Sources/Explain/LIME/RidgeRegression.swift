/// A weighted linear fit with an intercept and a penalty on the squares of the coefficients.
enum RidgeRegression {
  /// The coefficients β that minimise Σ w_i (y_i − b − x_i·β)² + λ|β|².
  ///
  /// Complexity: O(rows · columns² + columns³).
  ///
  /// - Parameters:
  ///   - rows: x_i, of one length each.
  ///   - weights: w_i, positive.
  /// - Precondition: there is a target and a weight for each row, and λ is positive.
  static func fit(_ rows: [[Double]], targets: [Double], weights: [Double], penalty: Double) -> [Double] {
    precondition(rows.count == targets.count && rows.count == weights.count && penalty > 0)
    let columnCount = rows.first?.count ?? 0
    // The intercept takes the weighted means away from rows and targets.
    let total = weights.reduce(0, +)
    var means = [Double](repeating: 0, count: columnCount)
    for (row, weight) in zip(rows, weights) {
      for column in 0..<columnCount { means[column] += weight * row[column] / total }
    }
    let targetMean = zip(targets, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    var matrix = [Double](repeating: 0, count: columnCount * columnCount)
    var right = [Double](repeating: 0, count: columnCount)
    for (index, row) in rows.enumerated() {
      let centred = zip(row, means).map { $0 - $1 }
      for i in 0..<columnCount {
        let weighted = weights[index] * centred[i]
        right[i] += weighted * (targets[index] - targetMean)
        for j in 0...i { matrix[i * columnCount + j] += weighted * centred[j] }
      }
    }
    for i in 0..<columnCount { matrix[i * columnCount + i] += penalty }
    return solve(matrix, right)
  }

  /// Solves a positive definite system, whose lower triangle is given, by Cholesky's factorisation.
  private static func solve(_ lower: [Double], _ right: [Double]) -> [Double] {
    let size = right.count
    var factor = lower
    for j in 0..<size {
      for i in j..<size {
        var sum = factor[i * size + j]
        for k in 0..<j { sum -= factor[i * size + k] * factor[j * size + k] }
        factor[i * size + j] = i == j ? sum.squareRoot() : sum / factor[j * size + j]
      }
    }
    var solution = right
    for i in 0..<size {
      for k in 0..<i { solution[i] -= factor[i * size + k] * solution[k] }
      solution[i] /= factor[i * size + i]
    }
    for i in (0..<size).reversed() {
      for k in i + 1..<size { solution[i] -= factor[k * size + i] * solution[k] }
      solution[i] /= factor[i * size + i]
    }
    return solution
  }
}
