import Tensors

/// Sums of products of the operands' elements, by an equation in Einstein's summation convention.
///
/// Operands are joined from left to right; an index is summed as soon as nothing further needs it.
///
/// - Source: ONNX operator Einsum 12, 28.
struct Einsum: Operator {
  private let equation: EinsumEquation

  init(_ node: NodeDescription) throws(OperatorError) {
    guard let text = try node.string("equation") else { throw .malformed("attribute equation is missing") }
    equation = try EinsumEquation(text)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let tensors = try inputs.all()
    let labels = try equation.labels(for: tensors.map(\.shape))
    guard let type = tensors.first?.elementType, tensors.allSatisfy({ $0.elementType == type }) else {
      throw OperatorError.mismatched("the operands are of different types")
    }
    let extents = try LabelExtents(tensors.map(\.shape), labels.operands)
    var operands: [LabeledTensor] = []
    for (tensor, names) in zip(tensors, labels.operands) {
      operands.append(try LabeledTensor(try tensor.widened(context), labels: names, extents: extents, context))
    }
    var result = operands[0]
    for index in operands.indices.dropFirst() {
      let needed = Set(labels.output).union(operands[(index + 1)...].flatMap(\.labels))
      result = try result.contracted(with: operands[index], keeping: needed, extents: extents, context)
    }
    result = try result.summed(keeping: Set(labels.output), context)
    return [try result.arranged(labels.output, extents: extents, context).cast(to: type, context)]
  }

  func multiplyAccumulates(inputs: [Shape?], outputs: [Shape]) -> Int {
    let shapes = inputs.compactMap { $0 }
    guard shapes.count > 1, let labels = try? equation.labels(for: shapes),
      let extents = try? LabelExtents(shapes, labels.operands)
    else { return 0 }
    return extents.all.values.reduce(1) { product, extent in
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      return overflow ? .max : next
    }
  }
}

/// The extent that each label of an equation stands for.
struct LabelExtents {
  private(set) var all: [Int: Int] = [:]

  subscript(label: Int) -> Int { all[label] ?? 1 }

  /// - Throws: `mismatched` where a label stands for two extents and neither is 1.
  init(_ shapes: [Shape], _ labels: [[Int]]) throws(OperatorError) {
    for (shape, names) in zip(shapes, labels) {
      for (axis, label) in names.enumerated() {
        let known = self[label]
        guard known == 1 || shape[axis] == 1 || known == shape[axis] else {
          throw .mismatched("one index of the equation stands for extents of \(known) and of \(shape[axis])")
        }
        all[label] = known == 1 ? shape[axis] : known
      }
    }
  }
}
