import GraphIR
import Operators
import Tensors

/// What nodes compute from the extents of feature maps alone, such as the middle of the channels: the same for all
/// images of a shape.
///
/// Everything is computed for one image and for some, so that nothing passes for a constant that depends on how many
/// images there are.
struct ExtentArithmetic {
  /// Longer tensors are data, not extents.
  private static let longest = 64

  /// How many are some: enough that rounding in a quotient does not hide the number.
  private static let imageCount: Int64 = 13

  /// What is computed for some.
  private var forSome: [ValueID: Tensor] = [:]

  /// Learns what a node makes.
  ///
  /// - Parameters:
  ///   - node: one that is run with `operation`.
  ///   - outputs: what it makes for one image.
  /// - Returns: whether its outputs are the same for any number of images of the shape.
  mutating func learn(
    _ node: Node, _ operation: any Operator, outputs: [RuntimeValue], in session: Session, inputs: [KnownInput?],
    context: EvaluationContext
  ) -> Bool {
    let tensors = outputs.compactMap(\.tensor)
    guard tensors.count == outputs.count,
      tensors.allSatisfy({ $0.count <= Self.longest && $0.elementType != .string }),
      let others = evaluateForSome(node, operation, tensors, in: session, inputs: inputs, context),
      others.count == tensors.count
    else { return false }
    for case (let value?, let other) in zip(node.outputs, others) { forSome[value] = other }
    return zip(tensors, others).allSatisfy { $0.shape == $1.shape && $0.hasSameBytes(as: $1) }
  }

  /// What the node makes for some images; nil where that depends on more than extents.
  private func evaluateForSome(
    _ node: Node, _ operation: any Operator, _ one: [Tensor], in session: Session, inputs: [KnownInput?],
    _ context: EvaluationContext
  ) -> [Tensor]? {
    if node.operatorName == "Shape", node.domain.isEmpty {
      guard let input = inputs.first ?? nil, input.isFeatureMap, node.attributes["start"] == nil,
        one.count == 1, one[0].elementType == .int64
      else { return nil }
      var extents = one[0].elements(of: Int64.self)
      if !extents.isEmpty { extents[0] *= Self.imageCount }
      return [Tensor(one[0].shape, extents)]
    }
    let read = node.inputs.compactMap { $0 }
    guard !Session.isRandom(node), node.subgraphs.isEmpty, read.contains(where: { forSome[$0] != nil }),
      read.allSatisfy({ forSome[$0] != nil || session.constants[$0] != nil })
    else { return nil }
    let made = try? Session.evaluate(node, operation, in: session.graph, context: context) { value in
      (forSome[value] ?? session.constants[value]).map { .tensor($0) }
    }
    return made?.compactMap(\.tensor)
  }
}
