import GraphIR
import Kernels
import Operators
import Tensors

/// Plain nodes that work on each element by itself and run in one pass over memory.
struct PointwiseGroup: Sendable {
  /// In the graph's order; the last one makes the group's output.
  let nodes: [Int]

  /// The values of the result's shape that it reads.
  let inputs: [ValueID]

  /// What the nodes hand to each other, and nobody else reads.
  let innerValues: [ValueID]

  let output: ValueID

  /// The shapes of constants, without axes of extent 1 in front: ends of the result's shape.
  let constantShapes: [ArraySlice<Int>]

  let chain: PointwiseChain
}

extension Graph {
  /// The groups of nodes that are no layers.
  ///
  /// Complexity: linear in the nodes, but for groups, whose nodes are gone through again for each that joins.
  func pointwiseGroups(_ known: KnownValues, isPlain: (Int) -> Bool) -> [PointwiseGroup] {
    var groups: [PointwiseGroup] = []
    var isTaken = [Bool](repeating: false, count: nodes.count)
    for index in nodes.indices.reversed() where !isTaken[index] && isPlain(index) && isPointwise(index, known) {
      var members: Set<Int> = [index]
      var joins = true
      while joins, members.count < Self.largestGroup {
        joins = false
        for value in members.flatMap({ nodes[$0].inputs.compactMap { $0 } }) {
          guard let producer = producers[value.index], !members.contains(producer), !isTaken[producer],
            isPlain(producer), isPointwise(producer, known), !outputs.contains(value),
            consumers[value.index].allSatisfy(members.contains),
            known[value]?.shape == known[nodes[index].outputs[0]!]?.shape
          else { continue }
          members.insert(producer)
          joins = true
        }
      }
      for member in members { isTaken[member] = true }
      groups.append(pointwiseGroup(of: members.sorted(), known))
    }
    return groups
  }

  /// More steps would push what they hand to each other out of the first-level cache.
  private static var largestGroup: Int { 16 }

  /// Whether a node makes each element of its output from those at the same place of inputs of one shape and of
  /// constants that repeat.
  func isPointwise(_ index: Int, _ known: KnownValues) -> Bool {
    let node = nodes[index]
    guard known.pointwiseForms[index] != nil, node.outputs.count == 1, let output = node.outputs[0],
      let result = known[output], result.elementType == .float32, result.constant == nil, result.shape.count > 0
    else { return false }
    let inputs = node.inputs.map { $0.flatMap { known[$0] } }
    return inputs.contains { $0?.constant == nil }
      && inputs.allSatisfy { input in
        guard let input, input.elementType == .float32 else { return false }
        guard let constant = input.constant else { return input.shape == result.shape }
        return constant.count > 0 && constant.count <= Self.largestConstant
          && result.shape.dimensions.suffix(constant.repeatedShape.count) == constant.repeatedShape
      }
  }

  /// 4 MB: constants are copied.
  private static var largestConstant: Int { 1 << 20 }

  private func pointwiseGroup(of members: [Int], _ known: KnownValues) -> PointwiseGroup {
    var inputs: [ValueID] = []
    var constants: [(value: ValueID, tensor: Tensor)] = []
    var stepOfValue: [ValueID: Int] = [:]
    func operand(_ value: ValueID) -> PointwiseChain.Operand {
      if let step = stepOfValue[value] { return .step(step) }
      if let tensor = known[value]?.constant {
        if let place = constants.firstIndex(where: { $0.value == value }) { return .constant(place) }
        constants.append((value, tensor))
        return .constant(constants.count - 1)
      }
      if let place = inputs.firstIndex(of: value) { return .input(place) }
      inputs.append(value)
      return .input(inputs.count - 1)
    }
    var steps: [PointwiseChain.Step] = []
    for index in members {
      let operands = nodes[index].inputs.map { operand($0!) }
      switch known.pointwiseForms[index]! {
      case .function(let function): steps.append(.function(function, operands[0]))
      case .operation(let operation): steps.append(.operation(operation, operands[0], operands[1]))
      }
      stepOfValue[nodes[index].outputs[0]!] = steps.count - 1
    }
    return PointwiseGroup(
      nodes: members, inputs: inputs, innerValues: members.dropLast().map { nodes[$0].outputs[0]! },
      output: nodes[members.last!].outputs[0]!, constantShapes: constants.map(\.tensor.repeatedShape),
      chain: PointwiseChain(steps: steps, constants: constants.map { $0.tensor.elements(of: Float.self) }))
  }
}

extension Tensor {
  /// The shape without axes of extent 1 in front.
  fileprivate var repeatedShape: ArraySlice<Int> { shape.dimensions.drop { $0 == 1 } }
}
