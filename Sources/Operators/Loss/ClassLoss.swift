import Tensors

/// What the losses have in common that pick one class of each sample: the attributes, and the sum.
struct ClassLoss: Sendable {
  /// What is made of the samples' losses; raw values are ONNX's names.
  private enum Reduction: String {
    case none
    case sum
    /// The sum divided by the sum of the weights that it was made with.
    case mean
  }

  private let reduction: Reduction
  /// The class of samples that do not count.
  private let ignored: Int?

  init(_ node: NodeDescription) throws(OperatorError) {
    let name = try node.string("reduction") ?? "mean"
    guard let reduction = Reduction(rawValue: name) else {
      throw .malformed("attribute reduction is '\(name)', not none, sum or mean")
    }
    self.reduction = reduction
    ignored = try node.int("ignore_index")
  }

  /// The loss as `Double`s: of shape N×…, or a scalar.
  ///
  /// - Parameters:
  ///   - logProbabilities: floating-point, N×C×….
  ///   - targets: classes, N×….
  ///   - weights: one for each of the C classes; nil is all ones.
  /// - Throws: `mismatched` where the shapes do not fit or a class is none of the C.
  func evaluate(
    logProbabilities: Tensor, targets: Tensor, weights: Tensor?, _ context: EvaluationContext
  ) throws -> Tensor {
    let shape = try logProbabilities.requireFloats(named: "input").shape
    try targets.requireType(.int64, .int32, named: "target")
    guard shape.rank >= 2, targets.shape.dimensions == [shape[0]] + shape.dimensions[2...] else {
      throw OperatorError.mismatched("a target of shape \(targets.shape) does not fit an input of shape \(shape)")
    }
    let (classes, area) = (shape[1], shape.count(of: 2..<shape.rank))
    let weights = try weights?.requireFloats(named: "weight")
    if let weights, weights.shape.dimensions != [classes] {
      throw OperatorError.mismatched(
        "weight has shape \(weights.shape); one for each of \(classes) classes is expected")
    }
    let factors = try weights?.doubles()
    var (sum, weightSum) = (0.0, 0.0)
    let losses = try withDoubles(of: [logProbabilities], context) { values in
      let targets = try targets.converted(to: .int64, context)
      return try Tensor(targets.shape, of: Double.self, allocator: context.allocator) { losses in
        try targets.withElements(of: Int64.self) { targets in
          for index in targets.indices {
            let target = Int(targets[index])
            losses[index] = 0
            if target == ignored { continue }
            guard target >= 0, target < classes else {
              throw OperatorError.mismatched("class \(target) of sample \(index) is none of the \(classes) classes")
            }
            let weight = factors?[target] ?? 1
            losses[index] = -values[0][(index / area * classes + target) * area + index % area] * weight
            sum += losses[index]
            weightSum += weight
          }
        }
      }
    }
    switch reduction {
    case .none: return losses
    case .sum: return Tensor(scalar: sum)
    case .mean: return Tensor(scalar: sum / weightSum)
    }
  }
}

extension Tensor {
  /// This tensor, of which the elements must be floating-point numbers.
  @discardableResult
  func requireFloats(named name: String) throws(OperatorError) -> Tensor {
    guard elementType.isFloatingPoint else {
      throw .mismatched("input \(name) is of \(elementType); a floating-point type is expected")
    }
    return self
  }
}
