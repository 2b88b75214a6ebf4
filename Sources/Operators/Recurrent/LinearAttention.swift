import Kernels
import Tensors

/// Attention as a recurrence: a matrix S for each key head takes up each token's key and value, and the queries read
/// from it. Computed in double precision.
///
/// Query [batch, tokens, query heads · key size], key [batch, tokens, key heads · key size], value [batch, tokens, key
/// heads · value size]; S [batch, key heads, key size, value size]. Several query heads may share a key head.
///
/// For each token, S = exp(decay) · S with a gate; then S = S + k ⊗ v, or with the delta rule
/// S = S + beta · k ⊗ (v − Sᵀ·k); and the result is scale · Sᵀ·q.
///
/// - Source: ONNX operator LinearAttention 27.
struct LinearAttention: Operator {
  private let queryHeads: Int
  private let keyHeads: Int
  /// nil is 1 / √(key size).
  private let scale: Double?
  private let hasGate: Bool
  private let hasDelta: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    guard let queryHeads = try node.int("q_num_heads"), let keyHeads = try node.int("kv_num_heads"), keyHeads > 0,
      queryHeads > 0, queryHeads % keyHeads == 0
    else { throw .malformed("q_num_heads is no positive multiple of kv_num_heads") }
    (self.queryHeads, self.keyHeads) = (queryHeads, keyHeads)
    let scale = try node.float("scale") ?? 0
    self.scale = scale == 0 ? nil : Double(scale)
    switch try node.string("update_rule") ?? "gated_delta" {
    case "linear": (hasGate, hasDelta) = (false, false)
    case "gated": (hasGate, hasDelta) = (true, false)
    case "delta": (hasGate, hasDelta) = (false, true)
    case "gated_delta": (hasGate, hasDelta) = (true, true)
    case let other: throw .malformed("attribute update_rule is '\(other)'")
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let query = try inputs.required(0, "query").requireFloats(named: "query")
    let (key, value) = try (inputs.required(1, "key"), inputs.required(2, "value"))
    guard query.shape.rank == 3, key.shape.rank == 3, value.shape.rank == 3 else {
      throw OperatorError.mismatched(
        "query, key and value have shapes \(query.shape), \(key.shape) and \(value.shape); 3 axes each are expected")
    }
    try key.requireType(query.elementType, named: "key")
    try value.requireType(query.elementType, named: "value")
    let (q, k) = try (HeadLayout(query.shape, heads: queryHeads), HeadLayout(key.shape, heads: keyHeads))
    let v = try HeadLayout(value.shape, heads: keyHeads)
    guard [k.batch, v.batch] == [q.batch, q.batch], [k.tokens, v.tokens] == [q.tokens, q.tokens], k.size == q.size
    else {
      throw OperatorError.mismatched(
        "a query of shape \(query.shape) does not fit a key of shape \(key.shape) and a value of shape \(value.shape)")
    }
    let stateShape = try Shape([q.batch, keyHeads, k.size, v.size])
    let past = try inputs.optional(3)?.requireFloats(named: "past_state")
    if let past, past.shape != stateShape {
      throw OperatorError.mismatched("past_state has shape \(past.shape); \(stateShape) is expected")
    }
    let decay = try gate(inputs.optional(4), "decay", isUsed: hasGate, layout: k, widths: [keyHeads, k.features])
    let beta = try gate(inputs.optional(5), "beta", isUsed: hasDelta, layout: k, widths: [keyHeads, 1])
    let outputShape = try Shape([q.batch, q.tokens, queryHeads.multipliedClamping(by: v.size)])
    let first = try past ?? .zeros(stateShape, of: .float64, context)
    let gates = [decay, beta].compactMap { $0 }

    var y: Tensor?
    let state = try withDoubles(of: [query, key, value, first] + gates, context) { pointers in
      try Tensor(stateShape, of: Double.self, allocator: context.allocator) { state in
        y = try Tensor(outputShape, of: Double.self, allocator: context.allocator) { y in
          _ = state.initialize(from: pointers[3])
          guard outputShape.count > 0 || stateShape.count > 0 else { return }
          nonisolated(unsafe) let (y, state) = (y, state)
          let recurrence = LinearRecurrence(
            q: q, k: k, v: v, query: pointers[0], key: pointers[1], value: pointers[2],
            decay: decay.map { (pointers[4], $0.shape[2]) }, beta: beta.map { (pointers.last!, $0.shape[2]) },
            scale: scale ?? 1 / Double(max(k.size, 1)).squareRoot())
          context.pool.forEach(q.batch * keyHeads) { item in
            let size = k.size * v.size
            recurrence.run(
              batch: item / keyHeads, head: item % keyHeads,
              state: UnsafeMutableBufferPointer(rebasing: state[item * size..<(item + 1) * size]), y)
          }
        }
      }
    }
    return [
      try y!.rounded(to: query.elementType, context),
      try state.rounded(to: past?.elementType ?? query.elementType, context),
    ]
  }

  /// An input that goes with the update rule, of shape [batch, tokens, one of `widths`].
  private func gate(
    _ tensor: Tensor?, _ name: String, isUsed: Bool, layout: HeadLayout, widths: [Int]
  ) throws(OperatorError) -> Tensor? {
    guard (tensor != nil) == isUsed else {
      throw .malformed("the update rule \(isUsed ? "needs" : "has no") input \(name)")
    }
    guard let tensor else { return nil }
    guard tensor.shape.rank == 3, tensor.shape.dimensions[..<2] == [layout.batch, layout.tokens],
      widths.contains(tensor.shape[2])
    else { throw .mismatched("input \(name) of shape \(tensor.shape) does not fit the key") }
    return try tensor.requireFloats(named: name)
  }
}

/// The recurrence for one key head of one batch entry.
private struct LinearRecurrence: @unchecked Sendable {
  // The pointers are only read, and outlive the call.
  let q: HeadLayout
  let k: HeadLayout
  let v: HeadLayout
  let query: UnsafeBufferPointer<Double>
  let key: UnsafeBufferPointer<Double>
  let value: UnsafeBufferPointer<Double>
  /// The logarithms of the decays, and how many a token has: one for each head or for each feature of the keys.
  let decay: (values: UnsafeBufferPointer<Double>, width: Int)?
  /// The update rates, and how many a token has: one for each head or one.
  let beta: (values: UnsafeBufferPointer<Double>, width: Int)?
  let scale: Double

  func run(
    batch: Int, head: Int, state: UnsafeMutableBufferPointer<Double>, _ y: UnsafeMutableBufferPointer<Double>
  ) {
    let (columns, group) = (v.size, q.heads / k.heads)
    for token in 0..<q.tokens {
      let place = batch * q.tokens + token
      let (keys, values) = (
        k.start(batch: batch, head: head, token: token), v.start(batch: batch, head: head, token: token)
      )
      if let decay {
        for row in 0..<k.size {
          let index = decay.width == k.heads ? head : head * k.size + row
          let factor = decay.values[place * decay.width + index].exponential
          for column in 0..<columns { state[row * columns + column] *= factor }
        }
      }
      for column in 0..<columns {
        var new = value[values + column]
        if let beta {
          for row in 0..<k.size { new -= state[row * columns + column] * key[keys + row] }
          new *= beta.values[place * beta.width + (beta.width == 1 ? 0 : head)]
        }
        for row in 0..<k.size { state[row * columns + column] += key[keys + row] * new }
      }
      for reader in head * group..<(head + 1) * group {
        let features = q.start(batch: batch, head: reader, token: token)
        let target = (place * q.heads + reader) * columns
        for column in 0..<columns {
          var sum = 0.0
          for row in 0..<k.size { sum += query[features + row] * state[row * columns + column] }
          y[target + column] = scale * sum
        }
      }
    }
  }
}
