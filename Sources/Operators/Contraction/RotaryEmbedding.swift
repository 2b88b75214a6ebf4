import Tensors

/// Pairs of features of each token turned by angles that depend on its position: x [batch, heads, tokens, size], or
/// [batch, tokens, heads·size].
///
/// - Source: ONNX operator RotaryEmbedding 23; RoFormer, https://arxiv.org/abs/2104.09864.
struct RotaryEmbedding: Operator {
  private let heads: Int?
  /// How many of a head's features are turned; nil is all.
  private let turned: Int?
  /// Whether a pair are neighbours, rather than half of the turned features apart.
  private let isInterleaved: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    heads = try node.int("num_heads")
    if let heads, heads < 0 { throw .malformed("attribute num_heads is \(heads)") }
    let turned = try node.int("rotary_embedding_dim") ?? 0
    guard turned >= 0, turned % 2 == 0 else {
      throw .malformed("attribute rotary_embedding_dim is \(turned), not an even number of features")
    }
    self.turned = turned == 0 ? nil : turned
    isInterleaved = try node.flag("interleaved")
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X").requireFloats(named: "X")
    let layout = try HeadLayout(x.shape, heads: heads)
    let turned = turned ?? layout.size
    guard turned <= layout.size, turned % 2 == 0 else {
      throw OperatorError.mismatched("\(turned) of \(layout.size) features of a head cannot be turned in pairs")
    }
    let half = turned / 2
    let angles = try RotaryAngles(inputs, layout: layout, half: half)
    let (firstStep, secondStart) = isInterleaved ? (2, 1) : (1, half)
    return try withDoubles(of: [x, angles.cosines, angles.sines], context) { pointers in
      let y = try Tensor(x.shape, of: Double.self, allocator: context.allocator) { y in
        nonisolated(unsafe) let (y, x, cosines, sines) = (y, pointers[0], pointers[1], pointers[2])
        guard x.count > 0 else { return }
        context.pool.forEachChunk(of: layout.batch * layout.tokens, size: max(1, 4096 / layout.features)) { places in
          for place in places {
            let angle = angles.rows[place] * half
            for head in 0..<layout.heads {
              let start = layout.start(batch: place / layout.tokens, head: head, token: place % layout.tokens)
              for pair in 0..<half {
                let (i, j) = (start + pair * firstStep, start + pair * firstStep + secondStart)
                let (cosine, sine) = (cosines[angle + pair], sines[angle + pair])
                y[i] = cosine * x[i] - sine * x[j]
                y[j] = sine * x[i] + cosine * x[j]
              }
              for rest in start + turned..<start + layout.size { y[rest] = x[rest] }
            }
          }
        }
      }
      return [try y.rounded(to: x.elementType, context)]
    }
  }
}

/// Where the features of tokens and heads stand.
struct HeadLayout: Sendable {
  let batch: Int
  let tokens: Int
  let heads: Int
  /// The features of a head.
  let size: Int
  private let headStep: Int
  private let tokenStep: Int

  /// The features of a token.
  var features: Int { heads * size }

  /// - Parameters:
  ///   - shape: [batch, heads, tokens, size] or [batch, tokens, heads·size].
  ///   - heads: how many there are; needed for three axes alone.
  init(_ shape: Shape, heads: Int?) throws(OperatorError) {
    switch shape.rank {
    case 4:
      (batch, self.heads, tokens, size) = (shape[0], shape[1], shape[2], shape[3])
      (headStep, tokenStep) = (tokens * size, size)
    case 3:
      guard let heads, heads > 0, shape[2] % heads == 0 else {
        throw .mismatched("an input of shape \(shape) does not split into \(heads ?? 0) heads")
      }
      (batch, tokens, self.heads, size) = (shape[0], shape[1], heads, shape[2] / heads)
      (headStep, tokenStep) = (size, shape[2])
    default: throw .mismatched("an input has shape \(shape); 3 or 4 axes are expected")
    }
  }

  /// The first feature of a head of a token.
  func start(batch: Int, head: Int, token: Int) -> Int {
    batch * tokens * features + head * headStep + token * tokenStep
  }
}

/// The tables of cosines and sines, and which row each token takes.
private struct RotaryAngles: Sendable {
  let cosines: Tensor
  let sines: Tensor
  /// For each batch entry's tokens in order.
  let rows: [Int]

  init(_ inputs: OperatorInputs, layout: HeadLayout, half: Int) throws {
    cosines = try inputs.required(1, "cos_cache").requireFloats(named: "cos_cache")
    sines = try inputs.required(2, "sin_cache").requireFloats(named: "sin_cache")
    let table = cosines.shape
    guard sines.shape == table, table.dimensions.last == half else {
      throw OperatorError.mismatched(
        "cos_cache has shape \(table) and sin_cache \(sines.shape); \(half) angles a row are expected")
    }
    let places = try Shape([layout.batch, layout.tokens])
    guard let positions = inputs.optional(3) else {
      guard table.dimensions.dropLast() == places.dimensions[...] else {
        throw OperatorError.mismatched("cos_cache has shape \(table); rows for \(places) tokens are expected")
      }
      rows = Array(0..<(half > 0 ? places.count : 0))
      return
    }
    try positions.requireType(.int64, named: "position_ids")
    guard positions.shape == places, table.rank == 2 else {
      throw OperatorError.mismatched(
        "position_ids of shape \(positions.shape) and cos_cache of shape \(table) do not fit \(places) tokens")
    }
    rows = positions.elements(of: Int64.self).map { Int($0) }
    guard rows.allSatisfy({ $0 >= 0 && $0 < table[0] }) else {
      throw OperatorError.mismatched("position_ids names a position that is none of the \(table[0]) of cos_cache")
    }
  }
}
