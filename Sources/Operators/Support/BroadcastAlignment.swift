import Tensors

/// How the shape of a binary operator's second input is laid against the first one's.
enum BroadcastAlignment: Sendable {
  /// NumPy's rule, of opset 7 on: both may repeat, aligned at the last axis.
  case multidirectional

  /// Both shapes are equal: before opset 7 where the attribute `broadcast` is 0.
  case equal

  /// The second's axes stand at consecutive axes of the first from this one on, at the last ones where nil: before
  /// opset 7 where `broadcast` is 1.
  case consecutive(from: Int?)

  /// Reads the attributes that opsets below 7 have.
  init(_ node: NodeDescription) throws(OperatorError) {
    guard node.version < 7 else {
      self = .multidirectional
      return
    }
    self = try node.flag("broadcast") ? .consecutive(from: try node.int("axis")) : .equal
  }

  /// The second shape with axes of extent 1 put in where the rule wants them.
  ///
  /// - Throws: `mismatched` where the rule does not allow the shapes.
  func aligned(_ second: Shape, to first: Shape) throws(OperatorError) -> Shape {
    switch self {
    case .multidirectional:
      return second
    case .equal:
      guard first == second else {
        throw .mismatched("shapes \(first) and \(second) differ, and attribute broadcast is 0")
      }
      return second
    case .consecutive(let axis):
      // A single element fits anywhere.
      if second.count == 1 { return second.rank <= first.rank ? second : .scalar }
      let start = try axis.map { axis throws(OperatorError) in try first.checkedAxis(axis) } ?? first.rank - second.rank
      guard start >= 0, start + second.rank <= first.rank,
        zip(second.dimensions, first.dimensions[start...]).allSatisfy({ $0 == $1 || $0 == 1 })
      else { throw .mismatched("shape \(second) does not broadcast to \(first) from axis \(start) on") }
      return try .checked(second.dimensions + [Int](repeating: 1, count: first.rank - start - second.rank))
    }
  }
}
