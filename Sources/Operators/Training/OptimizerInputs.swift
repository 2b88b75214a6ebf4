import Tensors

/// The inputs of an optimizer: the learning rate, the count of updates, and for any number of tensors their values,
/// gradients and further state.
struct OptimizerInputs {
  /// The learning rate.
  let rate: Double
  /// How many updates were made before.
  let updates: Double
  /// For each optimized tensor its values, its gradients, and its further state, all of one shape and type.
  private let variables: [[Tensor]]

  /// - Parameter groups: how many tensors belong to each optimized one, itself included.
  init(_ inputs: OperatorInputs, groups: Int) throws {
    let (rate, updates) = try (inputs.required(0, "R").requireFloats(named: "R"), inputs.required(1, "T"))
    try updates.requireType(.int64, named: "T")
    guard rate.count == 1, updates.count == 1 else {
      throw OperatorError.mismatched("R and T have shapes \(rate.shape) and \(updates.shape); one element is expected")
    }
    self.rate = try rate.doubles()[0]
    self.updates = try updates.doubles()[0]
    let count = (inputs.count - 2) / groups
    guard count > 0, inputs.count == 2 + count * groups else {
      throw OperatorError.malformed("\(inputs.count) inputs are not 2 and \(groups) for each optimized tensor")
    }
    variables = try (0..<count).map { index in
      let tensors = try (0..<groups).map { try inputs.required(2 + $0 * count + index, "input") }
      let type = try tensors[0].requireFloats(named: "X").elementType
      guard tensors.allSatisfy({ $0.shape == tensors[0].shape && $0.elementType == type }) else {
        throw OperatorError.mismatched(
          "optimized tensor \(index) and its state differ in shape or type: \(tensors.map(\.shape))")
      }
      return tensors
    }
  }

  /// What `step` makes of each element of each optimized tensor: all new values first, then all of the next state.
  ///
  /// - Parameters:
  ///   - results: how many numbers `step` gives.
  ///   - step: takes an element's value, its gradient and its state.
  func updated(
    results: Int, _ context: EvaluationContext, step: ([Double]) -> [Double]
  ) throws -> [Tensor] {
    let updated = try variables.map { tensors in
      try withDoubles(of: tensors, context) { pointers in
        var columns = [[Double]](repeating: [], count: results)
        for index in 0..<tensors[0].count {
          for (column, value) in step(pointers.map { $0[index] }).enumerated() { columns[column].append(value) }
        }
        return try columns.map { try Tensor(tensors[0].shape, $0).rounded(to: tensors[0].elementType, context) }
      }
    }
    return (0..<results).flatMap { column in updated.map { $0[column] } }
  }
}

extension NodeDescription {
  /// A float attribute as a `Double`.
  func double(_ name: String, default value: Float) throws(OperatorError) -> Double {
    Double(try float(name) ?? value)
  }

  /// A float attribute that must be there, as a `Double`.
  func requiredDouble(_ name: String) throws(OperatorError) -> Double {
    guard let value = try float(name) else { throw .malformed("attribute \(name) is missing") }
    return Double(value)
  }
}
