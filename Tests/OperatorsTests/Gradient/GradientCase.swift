import GraphIR
import Kernels
import Operators
import Tensors
import TestSupport
import Testing

/// An operator with inputs of double precision, whose gradient rule is held against differences.
struct GradientCase {
  let name: String
  let opset: Int
  /// Floating-point inputs are of double precision.
  let inputs: [Tensor?]
  let attributes: [String: Attribute]
  let outputs: Int

  init(
    _ name: String, opset: Int = 13, _ inputs: [Tensor?], _ attributes: [String: Attribute] = [:], outputs: Int = 1
  ) {
    self.name = name
    self.opset = opset
    self.inputs = inputs
    self.attributes = attributes
    self.outputs = outputs
  }

  /// Compares the gradient of Σ v · y for random v with central differences, for every differentiable input.
  ///
  /// The rule sees the elements alone that it says it reads.
  ///
  /// - Returns: the largest relative error: the largest difference over the largest derivative.
  func relativeError(_ random: inout RandomTensors) throws -> Double {
    let node = Node(
      name: "test", operatorName: name, inputs: inputs.indices.map { inputs[$0] == nil ? nil : ValueID($0) },
      outputs: (0..<outputs).map { ValueID(inputs.count + $0) }, attributes: attributes)
    let context = EvaluationContext(pool: ThreadPool(threadCount: 2), allocator: TensorAllocator())
    let operation = try #require(
      try OperatorRegistry.makeOperator(for: node, opsets: ["": opset]) as? any DifferentiableOperator)
    let results = try operation.evaluate(OperatorInputs(inputs), context)
    let weights = results.indices.map { index -> Tensor? in
      guard index < outputs, operation.isDifferentiable(output: index) else { return nil }
      return random.uniform(results[index].shape.dimensions)
    }
    let wanted = inputs.indices.map { index in
      inputs[index]?.elementType == .float64 && operation.isDifferentiable(input: index)
    }
    let reads = operation.gradientReads(inputCount: inputs.count, wanted: wanted)
    let call = GradientCall(
      inputs: inputs.enumerated().map { index, tensor in
        tensor.map { tensor in
          let isThere = reads.inputs.contains(index) || !operation.isDifferentiable(input: index)
          return .init(shape: tensor.shape, elementType: tensor.elementType, tensor: isThere ? tensor : nil)
        }
      },
      outputs: results.enumerated().map { index, tensor in
        .init(
          shape: tensor.shape, elementType: tensor.elementType, tensor: reads.outputs.contains(index) ? tensor : nil)
      }, gradients: weights, wanted: wanted, context: context)
    let gradients = try operation.vectorJacobianProduct(call)

    func score(_ inputs: [Tensor?]) throws -> Double {
      try zip(operation.evaluate(OperatorInputs(inputs), context), weights).reduce(0) { sum, pair in
        guard let weights = pair.1 else { return sum }
        return zip(pair.0.elements(of: Double.self), weights.elements(of: Double.self)).reduce(sum) { $0 + $1.0 * $1.1 }
      }
    }
    var largest = 0.0
    for index in inputs.indices where wanted[index] {
      let tensor = inputs[index]!
      let gradient = try #require(gradients[index], "no gradient of input \(index) of \(name)")
      #expect(gradient.shape == tensor.shape, "input \(index) of \(name)")
      let elements = tensor.elements(of: Double.self)
      let found = gradient.elements(of: Double.self)
      var (difference, magnitude) = (0.0, 1e-6)
      for place in elements.indices {
        let step = 1e-5 * max(1, abs(elements[place]))
        var moved = inputs
        func value(_ sign: Double) throws -> Double {
          var changed = elements
          changed[place] += sign * step
          moved[index] = Tensor(tensor.shape, changed)
          return try score(moved)
        }
        let expected = try (value(1) - value(-1)) / (2 * step)
        difference = max(difference, abs(expected - found[place]))
        magnitude = max(magnitude, abs(expected))
      }
      largest = max(largest, difference / magnitude)
    }
    return largest
  }
}

/// Random tensors that are the same each time.
struct RandomTensors {
  private var generator: SplitMix

  init(seed: UInt64) { generator = SplitMix(state: seed) }

  mutating func uniform(_ extents: [Int], _ range: ClosedRange<Double> = -1...1) -> Tensor {
    let shape = try! Shape(extents)
    return Tensor(shape, (0..<shape.count).map { _ in Double.random(in: range, using: &generator) })
  }

  /// Numbers that are not near 0.
  mutating func nonzero(_ extents: [Int]) -> Tensor {
    let values = uniform(extents, 0.3...1.5).elements(of: Double.self)
    return Tensor(try! Shape(extents), values.map { Bool.random(using: &generator) ? $0 : -$0 })
  }

  /// Numbers no two of which are near each other.
  mutating func distinct(_ extents: [Int]) -> Tensor {
    let shape = try! Shape(extents)
    let middle = Double(shape.count) / 2
    return Tensor(shape, (0..<shape.count).shuffled(using: &generator).map { (Double($0) - middle + 0.3) / 50 })
  }

  mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

  mutating func flag() -> Bool { Bool.random(using: &generator) }

  mutating func indices(_ extents: [Int], below bound: Int) -> Tensor {
    let shape = try! Shape(extents)
    return Tensor(
      shape, (0..<shape.count).map { _ in Int64.random(in: Int64(-bound)..<Int64(bound), using: &generator) })
  }

  mutating func truths(_ extents: [Int]) -> Tensor {
    let shape = try! Shape(extents)
    return Tensor(shape, (0..<shape.count).map { _ in Bool.random(using: &generator) })
  }

  /// A shape of that rank.
  mutating func shape(_ rank: Int, _ range: ClosedRange<Int> = 1...4) -> [Int] { (0..<rank).map { _ in int(range) } }
}

extension Attribute {
  /// A list of integers.
  static func list(_ values: [Int]) -> Attribute { .ints(values.map { Int64($0) }) }
}
