import Tensors

/// The names of a classifier's classes, integers or strings.
struct ClassLabels: Sendable {
  /// How many classes there are.
  var count: Int { values.count }

  private let values: Tensor

  /// Reads the attributes, one of which is to be there.
  ///
  /// - Throws: `unsupported` for a single class, which evaluators read in different ways.
  init(_ node: NodeDescription, integers: String) throws(OperatorError) {
    switch (try node.ints(integers), try node.strings("classlabels_strings")) {
    case (let labels?, nil): values = .vector(labels.map { Int64($0) })
    case (nil, let labels?): values = .vector(labels)
    default: throw .malformed("one of \(integers) and classlabels_strings is expected")
    }
    guard values.count > 1 else { throw .unsupported("a classifier of \(values.count) classes") }
  }

  /// The labels of classes, as a list.
  func labels(of classes: [Int], _ context: EvaluationContext) throws -> Tensor {
    try values.gatheringBlocks(of: 1, count: classes.count, to: try Shape([classes.count]), context) { classes[$0] }
  }
}

/// What a classifier makes of an example.
struct Classification {
  /// The index of the label.
  let classIndex: Int
  /// One for each class, or for each pair of classes.
  let scores: [Double]
}

extension Features {
  /// The labels and the scores, of which there are `count`, of what `body` makes of the rows.
  func classified(
    _ labels: ClassLabels, scoreCount count: Int, _ context: EvaluationContext,
    _ body: (ArraySlice<Double>) -> Classification
  ) throws -> [Tensor] {
    var classes: [Int] = []
    let scores = try mapped(to: count, context) { row in
      let result = body(row)
      classes.append(result.classIndex)
      return result.scores
    }
    return [try labels.labels(of: classes, context), scores]
  }
}

extension [Double] {
  /// The first place of the largest element; 0 where there is none.
  var firstMaximum: Int {
    var best = 0
    for index in indices where self[index] > self[best] { best = index }
    return best
  }
}
