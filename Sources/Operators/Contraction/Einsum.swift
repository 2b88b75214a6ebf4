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

extension Einsum: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads {
    // An operand's gradient reads all the others.
    let isOnly = wanted.count(where: { $0 }) == 1
    return GradientReads(inputs: (0..<inputCount).filter { !isOnly || !wanted[$0] })
  }

  /// ∂L/∂x is the sum of products of ∂L/∂y and the other operands whose result has the indices of x; along indices that
  /// are summed and that no other operand has, it is the same everywhere.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let context = call.context
    let shapes = try call.wanted.indices.map { try call.shape($0) }
    let labels = try equation.labels(for: shapes)
    let extents = try LabelExtents(shapes, labels.operands)
    return try call.forEachWanted { index in
      let names = labels.operands[index]
      guard Set(names).count == names.count else {
        throw OperatorError.unsupported("the gradient of an operand that repeats an index is not implemented")
      }
      var result = try LabeledTensor(call.gradient(), labels: labels.output, extents: extents, context)
      for other in shapes.indices where other != index {
        let operand = try LabeledTensor(
          call.input(other), labels: labels.operands[other], extents: extents, context)
        let later = labels.operands.indices.filter { $0 > other && $0 != index }.flatMap { labels.operands[$0] }
        result = try result.contracted(
          with: operand, keeping: Set(names).union(later), extents: extents, context)
      }
      result = try result.summed(keeping: Set(names), context)
      let full = try Shape(names.map { extents[$0] })
      return try result.arranged(names, extents: extents, context).repeated(to: full, context)
        .summed(to: shapes[index], context)
    }
  }
}
