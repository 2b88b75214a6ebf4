import Tensors

/// An operator each of whose results' elements is one of its inputs' elements, or a constant: slices, paddings, gathers
/// and the like.
///
/// Its gradient rule needs no second description of where the elements come from: the operator itself is called with the
/// elements' numbers in their place.
protocol ElementSelection: DifferentiableOperator {
  /// The same operator with 0 for constants that are not inputs.
  var withoutConstants: any Operator { get }
}

extension ElementSelection {
  var withoutConstants: any Operator { self }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x = Σ ∂L/∂y over all elements of y that x was taken for.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    var inputs = call.operatorInputs.tensors
    // Numbers go on from input to input, from 1 on; 0 stands for no element.
    var count = 0
    for (index, input) in call.inputs.enumerated() where isDifferentiable(input: index) {
      guard let input else { continue }
      let first = count
      inputs[index] = try Tensor(input.shape, of: Int64.self, allocator: call.context.allocator) { numbers in
        for place in numbers.indices { numbers[place] = Int64(first + place + 1) }
      }
      count += input.shape.count
    }
    let numbers = try withoutConstants.evaluate(OperatorInputs(inputs), call.context)
    guard let type = call.gradients.lazy.compactMap({ $0?.elementType }).first else { return [] }
    var sums = [Double](repeating: 0, count: count + 1)
    for (number, gradient) in zip(numbers, call.gradients) {
      guard let gradient else { continue }
      try withDoubles(of: [gradient], call.context) { pointers in
        number.withElements(of: Int64.self) { numbers in
          for (place, number) in numbers.enumerated() { sums[Int(number)] += pointers[0][place] }
        }
      }
    }
    var first = 1
    return try call.inputs.enumerated().map { index, input in
      guard let input, isDifferentiable(input: index) else { return nil }
      defer { first += input.shape.count }
      guard call.wanted[index] else { return nil }
      return try Tensor(input.shape, Array(sums[first..<first + input.shape.count])).converted(to: type, call.context)
    }
  }
}
