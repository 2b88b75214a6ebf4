import Glibc
import Kernels
import Tensors

/// The gradients of an attention, with its scores and probabilities computed once more, query by query.
///
/// With s = factor · q·k, c = softcap · tanh(s / softcap), b = c + bias and p = softmax(b), y = Σ pⱼ vⱼ:
///
/// - ∂L/∂vⱼ = Σ pⱼ ∂L/∂y over the queries, ∂L/∂pⱼ = ∂L/∂y · vⱼ
/// - ∂L/∂b = p ⊙ (∂L/∂p − Σ pⱼ ∂L/∂pⱼ), which is also the mask's; ∂L/∂s = ∂L/∂b · (1 − (c / softcap)²)
/// - ∂L/∂q = factor · Σ ∂L/∂sⱼ kⱼ, ∂L/∂kⱼ = factor · Σ ∂L/∂sⱼ q over the queries
struct AttentionGradient: Sendable {
  let sizes: AttentionSizes
  let factor: Double
  let scoring: AttentionScoring
  let bias: AttentionBias

  /// Of `Double`, in the shapes of the query, the keys, the values, and of all scores.
  struct Result {
    let query: Tensor
    let keys: Tensor
    let values: Tensor
    /// One element where it is not wanted.
    let bias: Tensor
  }

  /// Pointers that outlive the call.
  private struct Arrays: @unchecked Sendable {
    let q: UnsafeBufferPointer<Double>
    let k: UnsafeBufferPointer<Double>
    let v: UnsafeBufferPointer<Double>
    let y: UnsafeBufferPointer<Double>
    /// Of the scores that are shown; empty where these have no gradient.
    let shown: UnsafeBufferPointer<Double>
    let queryGradient: UnsafeMutableBufferPointer<Double>
    let keyGradient: UnsafeMutableBufferPointer<Double>
    let valueGradient: UnsafeMutableBufferPointer<Double>
    /// Empty where it is not wanted.
    let biasGradient: UnsafeMutableBufferPointer<Double>
  }

  /// - Parameters:
  ///   - query: [batch, heads, queries, size], `keys` and `values` alike.
  ///   - y: the gradient of the result, [batch, heads, queries, value size].
  ///   - shown: that of the scores that are shown.
  func run(
    query: Tensor, keys: Tensor, values: Tensor, y: Tensor, shown: Tensor?, wantsBias: Bool,
    _ context: EvaluationContext
  ) throws -> Result {
    let (keyShape, valueShape) = (keys.shape, values.shape)
    let scoreShape = try Shape(wantsBias ? [sizes.batch, sizes.heads, sizes.queries, sizes.keys] : [1])
    let others = try shown ?? Tensor.zeros(Shape([0]), .float64, context)
    return try withDoubles(of: [query, keys, values, y, others], context) { inputs in
      var (ofKeys, ofValues, ofBias): (Tensor?, Tensor?, Tensor?)
      let ofQuery = try Tensor(query.shape, of: Double.self, allocator: context.allocator) { q in
        ofKeys = try Tensor(keyShape, of: Double.self, allocator: context.allocator) { k in
          ofValues = try Tensor(valueShape, of: Double.self, allocator: context.allocator) { v in
            ofBias = try Tensor(scoreShape, of: Double.self, allocator: context.allocator) { bias in
              for target in [q, k, v, bias] { target.initialize(repeating: 0) }
              let arrays = Arrays(
                q: inputs[0], k: inputs[1], v: inputs[2], y: inputs[3], shown: inputs[4], queryGradient: q,
                keyGradient: k, valueGradient: v,
                biasGradient: wantsBias ? bias : UnsafeMutableBufferPointer(rebasing: bias[..<0]))
              // Heads that share keys add to the same gradients.
              let group = sizes.keyHeads > 0 ? sizes.heads / sizes.keyHeads : 0
              context.pool.forEach(sizes.batch * sizes.keyHeads) { item in
                let (batch, keyHead) = item.quotientAndRemainder(dividingBy: sizes.keyHeads)
                for head in keyHead * group..<(keyHead + 1) * group {
                  for query in 0..<sizes.queries { runBack(batch, head, query, firstKey: item * sizes.keys, arrays) }
                }
              }
            }
          }
        }
      }
      return Result(query: ofQuery, keys: ofKeys!, values: ofValues!, bias: ofBias!)
    }
  }

  /// One query of one head.
  ///
  /// - Parameter firstKey: the row of its first key among all.
  private func runBack(_ batch: Int, _ head: Int, _ query: Int, firstKey: Int, _ arrays: Arrays) {
    let row = (batch * sizes.heads + head) * sizes.queries + query
    let (size, valueSize) = (sizes.size, sizes.valueSize)
    let kernel = AttentionKernel(sizes: sizes, factor: factor, scoring: scoring, bias: bias)
    let stages = kernel.stages(batch: batch, head: head, query: query, arrays.q, arrays.k)
    func shown(_ stage: AttentionScoring.Output, _ key: Int) -> Double {
      scoring.output == stage && !arrays.shown.isEmpty ? arrays.shown[row * sizes.keys + key] : 0
    }
    var slopes = (0..<sizes.keys).map { key in
      let from = (firstKey + key) * valueSize
      let product = (0..<valueSize).reduce(0.0) { $0 + arrays.y[row * valueSize + $1] * arrays.v[from + $1] }
      return product + shown(.probabilities, key)
    }
    let mean = zip(stages.probabilities, slopes).reduce(0.0) { $0 + ($1.0 == 0 ? 0 : $1.0 * $1.1) }
    for key in 0..<sizes.keys {
      let probability = stages.probabilities[key]
      let from = (firstKey + key) * valueSize
      for column in 0..<valueSize where probability != 0 {
        arrays.valueGradient[from + column] += probability * arrays.y[row * valueSize + column]
      }
      slopes[key] = (probability == 0 ? 0 : probability * (slopes[key] - mean)) + shown(.biased, key)
      if !arrays.biasGradient.isEmpty { arrays.biasGradient[row * sizes.keys + key] = slopes[key] }
      slopes[key] += shown(.capped, key)
      if scoring.softcap > 0 {
        let ratio = stages.capped[key] / scoring.softcap
        slopes[key] *= 1 - ratio * ratio
      }
      slopes[key] = factor * (slopes[key] + shown(.scores, key))
      for column in 0..<size {
        arrays.queryGradient[row * size + column] += slopes[key] * arrays.k[(firstKey + key) * size + column]
        arrays.keyGradient[(firstKey + key) * size + column] += slopes[key] * arrays.q[row * size + column]
      }
    }
  }
}

extension Attention: DifferentiableOperator {
  /// The number of valid keys has no derivative.
  func isDifferentiable(input index: Int) -> Bool { index < 6 }

  func isDifferentiable(output index: Int) -> Bool { true }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads {
    GradientReads(inputs: Array(0..<min(6, inputCount)))
  }

  /// See `AttentionGradient`. Keys and values that are handed on with the past ones before them add theirs.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let context = call.context
    guard let type = call.gradients.lazy.compactMap({ $0?.elementType }).first else { return [] }
    let parts = try parts(call.operatorInputs, context)
    let sizes = parts.sizes
    func received(_ index: Int) throws -> Tensor? {
      guard call.gradients.indices.contains(index) else { return nil }
      return try call.gradients[index]?.converted(to: .float64, context)
    }
    let resultShape = try Shape([sizes.batch, sizes.heads, sizes.queries, sizes.valueSize])
    let y = try received(0)?.splitHeads(sizes.heads, context) ?? .zeros(resultShape, .float64, context)
    let found = try AttentionGradient(sizes: sizes, factor: parts.factor, scoring: scoring, bias: parts.bias).run(
      query: parts.query, keys: parts.keys, values: parts.values, y: y, shown: received(3), wantsBias: call.wants(3),
      context)
    var keys = found.keys
    var values = found.values
    if let handedOn = try received(1) { keys = try keys.plus(handedOn, context) }
    if let handedOn = try received(2) { values = try values.plus(handedOn, context) }
    return try call.forEachWanted { index in
      let shape = try call.shape(index)
      let gradient =
        switch index {
        case 0: try found.query.rows(from: 0, as: shape, context)
        case 1: try keys.rows(from: parts.past, as: shape, context)
        case 2: try values.rows(from: parts.past, as: shape, context)
        case 3: try found.bias.maskGradient(shape, context)
        case 4: try keys.rows(from: 0, as: shape, context)
        default: try values.rows(from: 0, as: shape, context)
        }
      return try gradient.converted(to: type, context)
    }
  }
}

extension Tensor {
  /// As many of the rows of a tensor [batch, heads, rows, size] as `shape` has: [batch, heads, rows, size], or
  /// [batch, rows, heads · size].
  fileprivate func rows(from first: Int, as shape: Shape, _ context: EvaluationContext) throws -> Tensor {
    let isJoined = shape.rank == 3
    let view = StridedView(
      dimensions: [self.shape[0], self.shape[1], shape[isJoined ? 1 : 2], self.shape[3]], strides: self.shape.strides,
      offset: first * self.shape[3])
    return try copied(isJoined ? view.permuted([0, 2, 1, 3]) : view, to: shape, context)
  }

  /// The gradient of a mask from that of all scores. Keys beyond the mask are ruled out and have none.
  fileprivate func maskGradient(_ shape: Shape, _ context: EvaluationContext) throws -> Tensor {
    let extents = self.shape.dimensions.dropLast() + [shape.dimensions.last ?? 1]
    let view = StridedView(dimensions: Array(extents), strides: self.shape.strides)
    return try copied(view, to: Shape(Array(extents)), context).summed(to: shape, context)
  }
}
