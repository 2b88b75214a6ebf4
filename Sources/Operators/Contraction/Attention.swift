import Tensors

/// Scaled dot-product attention: softmax(Q·Kᵀ·scale + bias)·V for each head.
///
/// Q has shape [batch, heads, queries, size], K and V [batch, key heads, keys, size]; or all have shape
/// [batch, length, heads·size]. Several query heads may share a key head. Computed in double precision; the results are
/// Y, the keys and values with the past ones before them, and what `qk_matmul_output_mode` asks for.
///
/// - Source: ONNX operator Attention 23, 24 (`nonpad_kv_seqlen`), 25 (windows).
struct Attention: Operator {
  private let queryHeads: Int?
  private let keyHeads: Int?
  private let scale: Float?
  let scoring: AttentionScoring
  private let wantsScores: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    queryHeads = try node.int("q_num_heads")
    keyHeads = try node.int("kv_num_heads")
    for heads in [queryHeads, keyHeads] {
      if let heads, heads < 1 { throw .malformed("a number of heads is \(heads)") }
    }
    scale = try node.float("scale")
    scoring = try AttentionScoring(node)
    wantsScores = node.outputCount > 3
    _ = try node.elementType("softmax_precision")
  }

  /// What an attention computes with.
  struct Parts {
    /// [batch, heads, queries, size].
    let query: Tensor
    /// With the past ones before them.
    let keys: Tensor
    let values: Tensor
    /// How many past keys there are.
    let past: Int
    let sizes: AttentionSizes
    let factor: Double
    let bias: AttentionBias
  }

  func parts(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> Parts {
    let (q, k, v) = try (inputs.required(0, "Q"), inputs.required(1, "K"), inputs.required(2, "V"))
    guard q.elementType.isFloatingPoint, k.elementType == q.elementType, v.elementType.isFloatingPoint else {
      throw OperatorError.mismatched("Q, K and V are of \(q.elementType), \(k.elementType) and \(v.elementType)")
    }
    let query = try q.splitHeads(queryHeads, context)
    let keys = try k.splitHeads(keyHeads, context).following(inputs.optional(4), context)
    let values = try v.splitHeads(keyHeads, context).following(inputs.optional(5), context)
    guard (inputs.optional(4) == nil) == (inputs.optional(5) == nil) else {
      throw OperatorError.malformed("past_key and past_value go together")
    }
    let sizes = try AttentionSizes(query: query.shape, keys: keys.shape, values: values.shape)
    let past = inputs.optional(4).map { $0.shape[2] }
    let bias = try AttentionBias(
      mask: inputs.optional(3), validKeys: inputs.integers(6, "nonpad_kv_seqlen"), past: past, sizes: sizes,
      scoring: scoring, context)

    let factor = scale.map { Double($0) } ?? 1 / Double(max(sizes.size, 1)).squareRoot()
    return Parts(
      query: query, keys: keys, values: values, past: past ?? 0, sizes: sizes, factor: factor, bias: bias)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let q = try inputs.required(0, "Q")
    let parts = try parts(inputs, context)
    let (sizes, keys, values) = (parts.sizes, parts.keys, parts.values)
    let result = try AttentionKernel(sizes: sizes, factor: parts.factor, scoring: scoring, bias: parts.bias)
      .run(query: parts.query, keys: keys, values: values, wantsScores: wantsScores, context)
    var y = try result.y.rounded(to: q.elementType, context)
    if q.shape.rank == 3 {
      let view = StridedView(y.shape).permuted([0, 2, 1, 3])
      y = try y.copied(view, to: try Shape([sizes.batch, sizes.queries, sizes.heads * sizes.valueSize]), context)
    }
    guard let scores = result.scores else { return [y, keys, values] }
    return [y, keys, values, try scores.rounded(to: q.elementType, context)]
  }

  func multiplyAccumulates(inputs: [Shape?], outputs: [Shape]) -> Int {
    guard let output = outputs.first, let q = inputs.first ?? nil, let k = inputs.count > 1 ? inputs[1] : nil,
      q.rank == k.rank, q.rank >= 3
    else { return 0 }
    let keyCount = k[k.rank - 2]
    let (sum, overflow) = q.count.addingReportingOverflow(output.count)
    let (product, tooLarge) = sum.multipliedReportingOverflow(by: keyCount)
    return overflow || tooLarge ? .max : product
  }
}

/// The extents of an attention.
struct AttentionSizes: Sendable {
  let batch: Int
  let heads: Int
  let keyHeads: Int
  let queries: Int
  let keys: Int
  /// Of a query and of a key.
  let size: Int
  let valueSize: Int

  init(query: Shape, keys: Shape, values: Shape) throws(OperatorError) {
    guard query[0] == keys[0], query[0] == values[0], keys[1] == values[1], keys[2] == values[2], query[3] == keys[3],
      keys[1] > 0 ? query[1] % keys[1] == 0 : query[1] == 0
    else {
      throw .mismatched("queries of shape \(query) do not fit keys of shape \(keys) and values of shape \(values)")
    }
    (batch, heads, queries, size) = (query[0], query[1], query[2], query[3])
    (keyHeads, self.keys, valueSize) = (keys[1], keys[2], values[3])
  }
}

extension Tensor {
  /// [batch, length, heads·size] as [batch, heads, length, size]; a tensor of rank 4 as it is.
  func splitHeads(_ heads: Int?, _ context: EvaluationContext) throws -> Tensor {
    if shape.rank == 4 { return self }
    guard shape.rank == 3, let heads, shape[2] % heads == 0 else {
      throw OperatorError.mismatched("an input of shape \(shape) does not split into \(heads ?? 0) heads")
    }
    let split = try Shape([shape[0], shape[1], heads, shape[2] / heads])
    let view = StridedView(split).permuted([0, 2, 1, 3])
    return try copied(view, to: try Shape(view.dimensions), context)
  }

  /// This tensor's keys or values behind those of `past`.
  fileprivate func following(_ past: Tensor?, _ context: EvaluationContext) throws -> Tensor {
    guard let past else { return self }
    guard past.shape.rank == 4 else {
      throw OperatorError.mismatched("past keys or values have shape \(past.shape); 4 axes are expected")
    }
    return try .concatenated([past, self], axis: 2, context)
  }
}
