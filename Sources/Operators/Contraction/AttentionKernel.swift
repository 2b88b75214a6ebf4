import Glibc
import Kernels
import Tensors

/// The computation of an attention, query by query.
struct AttentionKernel: Sendable {
  let sizes: AttentionSizes
  let factor: Double
  let scoring: AttentionScoring
  let bias: AttentionBias

  /// - Returns: y of shape [batch, heads, queries, value size], and, if wanted, scores of shape
  ///   [batch, heads, queries, keys]; both of `Double`.
  func run(
    query: Tensor, keys: Tensor, values: Tensor, wantsScores: Bool, _ context: EvaluationContext
  ) throws -> (y: Tensor, scores: Tensor?) {
    let (q, k, v) = try (
      query.converted(to: .float64, context), keys.converted(to: .float64, context),
      values.converted(to: .float64, context)
    )
    let rowCount = try Shape([sizes.batch, sizes.heads, sizes.queries]).count
    let scoreShape = try Shape([sizes.batch, sizes.heads, sizes.queries, sizes.keys])
    var y: Tensor?
    let scores = try Tensor(wantsScores ? scoreShape : Shape([0]), of: Double.self, allocator: context.allocator) {
      shown in
      y = try Tensor(
        Shape([sizes.batch, sizes.heads, sizes.queries, sizes.valueSize]), of: Double.self,
        allocator: context.allocator
      ) { result in
        q.withElements(of: Double.self) { q in
          k.withElements(of: Double.self) { k in
            v.withElements(of: Double.self) { v in
              nonisolated(unsafe) let (result, shown) = (result, shown)
              nonisolated(unsafe) let (q, k, v) = (q, k, v)
              let rowsPerChunk = max(1, (1 << 15) / max(1, sizes.keys * (sizes.size + sizes.valueSize)))
              context.pool.forEachChunk(of: rowCount, size: rowsPerChunk) { rows in
                for row in rows { attend(row, q, k, v, result, wantsScores ? shown : nil) }
              }
            }
          }
        }
      }
    }
    return (y!, wantsScores ? scores : nil)
  }

  /// The result for one query of one head.
  private func attend(
    _ row: Int, _ q: UnsafeBufferPointer<Double>, _ k: UnsafeBufferPointer<Double>, _ v: UnsafeBufferPointer<Double>,
    _ result: UnsafeMutableBufferPointer<Double>, _ shown: UnsafeMutableBufferPointer<Double>?
  ) {
    let (plane, query) = (row / sizes.queries, row % sizes.queries)
    let (batch, head) = (plane / sizes.heads, plane % sizes.heads)
    let firstKey = firstKey(batch: batch, head: head)
    let stages = stages(batch: batch, head: head, query: query, q, k)
    let probabilities = stages.probabilities
    if let shown {
      let values = stages[scoring.output]
      for key in 0..<sizes.keys { shown[row * sizes.keys + key] = values[key] }
    }
    for column in 0..<sizes.valueSize { result[row * sizes.valueSize + column] = 0 }
    for key in 0..<sizes.keys where probabilities[key] != 0 {
      let weight = probabilities[key]
      let from = (firstKey + key) * sizes.valueSize
      for column in 0..<sizes.valueSize { result[row * sizes.valueSize + column] += weight * v[from + column] }
    }
  }

  /// The row of a head's first key among all.
  private func firstKey(batch: Int, head: Int) -> Int {
    (batch * sizes.keyHeads + head / (sizes.heads / sizes.keyHeads)) * sizes.keys
  }

  /// The scores of one query and all keys, from stage to stage.
  struct Stages {
    let scores: [Double]
    let capped: [Double]
    let biased: [Double]
    /// 0 where a query sees no key.
    let probabilities: [Double]

    subscript(output: AttentionScoring.Output) -> [Double] {
      switch output {
      case .scores: scores
      case .capped: capped
      case .biased: biased
      case .probabilities: probabilities
      }
    }
  }

  func stages(
    batch: Int, head: Int, query: Int, _ q: UnsafeBufferPointer<Double>, _ k: UnsafeBufferPointer<Double>
  ) -> Stages {
    let row = (batch * sizes.heads + head) * sizes.queries + query
    let firstKey = firstKey(batch: batch, head: head)
    let scores = (0..<sizes.keys).map { key in
      sizes.size == 0
        ? 0
        : factor
          * dotProduct(
            q.baseAddress! + row * sizes.size, k.baseAddress! + (firstKey + key) * sizes.size, count: sizes.size)
    }
    let capped = scoring.softcap > 0 ? scores.map { scoring.softcap * tanh($0 / scoring.softcap) } : scores
    let biases = (0..<sizes.keys).map { bias(batch: batch, head: head, query: query, key: $0) }
    let biased = zip(capped, biases).map { $0 + $1 }
    let isBlind = biases.allSatisfy { $0 == -.infinity }
    return Stages(
      scores: scores, capped: capped, biased: biased,
      probabilities: isBlind ? [Double](repeating: 0, count: sizes.keys) : softmax(biased))
  }

  private func softmax(_ scores: [Double]) -> [Double] {
    let largest = scores.reduce(-.infinity) { $0.maximum($1) }
    let exponentials = scores.map { exp($0 - largest) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { $0 / sum }
  }
}
