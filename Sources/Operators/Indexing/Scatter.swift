import Tensors

/// What becomes of an element and the update that is scattered onto it.
enum ScatterReduction: String, Sendable {
  /// The update takes the element's place.
  case none
  case add
  case mul
  case max
  case min

  /// Reads the attribute `reduction`, which came with version 16, `max` and `min` with 18.
  init(_ node: NodeDescription) throws(OperatorError) {
    let name = try node.string("reduction") ?? "none"
    guard let reduction = ScatterReduction(rawValue: name) else {
      throw .malformed("reduction is '\(name)', which version \(node.version) does not have")
    }
    switch reduction {
    case .add, .mul:
      guard node.version >= 16 else { throw .malformed("reduction is '\(name)' before version 16") }
    case .max, .min:
      guard node.version >= 18 else { throw .malformed("reduction is '\(name)' before version 18") }
    case .none: break
    }
    self = reduction
  }
}

extension Tensor {
  /// This tensor with the blocks of `updates` put, or reduced, onto it in order.
  ///
  /// - Parameters:
  ///   - places: where each block begins.
  ///   - length: the elements of a block.
  func scattering(
    _ updates: Tensor, at places: [Int], length: Int, _ reduction: ScatterReduction, _ context: EvaluationContext
  ) throws -> Tensor {
    guard updates.elementType == elementType else {
      throw OperatorError.mismatched("updates are of \(updates.elementType), the data of \(elementType)")
    }
    if reduction == .none {
      return try replacingBlocks(of: length, with: updates, count: places.count, context) { places[$0] }
    }
    let visitor = ScatterVisitor(
      data: try widened(context), updates: try updates.widened(context), places: places, length: length,
      reduction: reduction, context: context)
    return try elementType.visited(by: visitor).cast(to: elementType, context)
  }
}

private struct ScatterVisitor: NumericVisitor {
  let data: Tensor
  let updates: Tensor
  let places: [Int]
  let length: Int
  let reduction: ScatterReduction
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    try Tensor(data.shape, of: type, allocator: context.allocator) { result in
      data.withElements(of: type) { _ = result.update(from: $0) }
      updates.withElements(of: type) { updates in
        for (block, place) in places.enumerated() {
          for offset in 0..<length {
            let old = result[place + offset]
            let update = updates[block * length + offset]
            result[place + offset] =
              switch reduction {
              case .none: update
              case .add: old.plus(update)
              case .mul: old.times(update)
              case .max: old.maximum(update)
              case .min: old.minimum(update)
              }
          }
        }
      }
    }
  }
}
