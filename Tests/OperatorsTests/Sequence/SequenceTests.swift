import GraphIR
import Kernels
import Operators
import Tensors
import Testing

/// The expected values follow from the operators' specification.
struct SequenceTests {
  private func run(
    _ name: String, opset: Int = 18, _ inputs: [RuntimeValue?], attributes: [String: Attribute] = [:],
    iterations: Int = 100
  ) throws -> RuntimeValue {
    let node = Node(
      name: "test", operatorName: name, inputs: inputs.indices.map { inputs[$0] == nil ? nil : ValueID($0) },
      outputs: [ValueID(inputs.count)], attributes: attributes)
    let context = EvaluationContext(
      pool: ThreadPool(threadCount: 1), allocator: TensorAllocator(limit: 1 << 20),
      iterations: IterationBudget(limit: iterations))
    return try OperatorRegistry.makeOperator(for: node, opsets: ["": opset]).evaluate(values: inputs, context)[0]
  }

  private func sequence(_ values: Float...) -> RuntimeValue {
    .sequence(TensorSequence(elementType: .float32, tensors: values.map { .of([1], [$0]) }))
  }

  private func integer(_ value: Int64) -> RuntimeValue { .tensor(Tensor(scalar: value)) }

  /// The first elements of a sequence's tensors.
  private func firsts(_ value: RuntimeValue) throws -> [Float] {
    guard case .sequence(let sequence) = value else { return [] }
    return sequence.tensors.map { $0.elements(of: Float.self)[0] }
  }

  @Test(arguments: [(0, [9, 1, 2] as [Float]), (-2, [9, 1, 2]), (-1, [1, 9, 2]), (1, [1, 9, 2]), (2, [1, 2, 9])])
  func inserts(_ position: Int, _ expected: [Float]) throws {
    let made = try run("SequenceInsert", [sequence(1, 2), .tensor(.of([1], [9 as Float])), integer(Int64(position))])
    #expect(try firsts(made) == expected)
  }

  @Test func insertsAndErasesAtTheEndByDefault() throws {
    #expect(try firsts(run("SequenceInsert", [sequence(1), .tensor(.of([1], [9 as Float]))])) == [1, 9])
    #expect(try firsts(run("SequenceErase", [sequence(1, 2, 3)])) == [1, 2])
    #expect(try firsts(run("SequenceErase", [sequence(1, 2, 3), integer(-3)])) == [2, 3])
  }

  @Test(
    arguments: [
      ("SequenceAt", 2), ("SequenceAt", -3), ("SequenceErase", 2), ("SequenceErase", -3), ("SequenceInsert", 3),
      ("SequenceInsert", -3), ("SequenceAt", Int64.max), ("SequenceInsert", Int64.min),
    ] as [(String, Int64)])
  func refusesPositionsOutside(_ name: String, _ position: Int64) throws {
    let tensor: [RuntimeValue?] = name == "SequenceInsert" ? [.tensor(.of([1], [9 as Float]))] : []
    let error = #expect(throws: OperatorError.self) {
      try run(name, [sequence(1, 2)] + tensor + [integer(position)])
    }
    #expect(error?.kind == .mismatched)
    #expect(error?.message.contains("\(position)") == true)
  }

  @Test func sequencesKeepToOneType() throws {
    let other = RuntimeValue.tensor(.list(1))
    let empty = try run("SequenceEmpty", [])
    for inputs in [[sequence(1), other], [empty, other]] {
      #expect(throws: OperatorError.self) { try run("SequenceInsert", inputs) }
    }
    #expect(throws: OperatorError.self) { try run("SequenceConstruct", [.tensor(.of([1], [9 as Float])), other]) }
    let integers = try run("SequenceEmpty", [], attributes: ["dtype": .int(7)])
    guard case .sequence(let made) = try run("SequenceInsert", [integers, other]) else {
      Issue.record("it is no sequence")
      return
    }
    #expect(made.tensors.count == 1)
  }

  private func shapes(_ value: RuntimeValue) -> [[Int]] {
    guard case .sequence(let sequence) = value else { return [] }
    return sequence.tensors.map(\.shape.dimensions)
  }

  @Test func splits() throws {
    let x = RuntimeValue.tensor(.counting(5, 2))
    #expect(try shapes(run("SplitToSequence", [x])) == [[1, 2], [1, 2], [1, 2], [1, 2], [1, 2]])
    #expect(
      try shapes(run("SplitToSequence", [x], attributes: ["keepdims": .int(0), "axis": .int(-1)])) == [[5], [5]])
    // Given sizes make `keepdims` count for nothing.
    let chunks = try run("SplitToSequence", [x, integer(2)], attributes: ["keepdims": .int(0)])
    #expect(shapes(chunks) == [[2, 2], [2, 2], [1, 2]])
    #expect(try firsts(chunks) == [0, 4, 8])
    #expect(try shapes(run("SplitToSequence", [x, .tensor(.list(4, 0, 1))])) == [[4, 2], [0, 2], [1, 2]])
    #expect(try shapes(run("SplitToSequence", [.tensor(.counting(0, 2))])) == [])
  }

  @Test(arguments: [[4, 2], [-1, 6], [5, 1, -1], [Int64.max, Int64.max, 7]] as [[Int64]])
  func refusesSizesThatDoNotAddUp(_ sizes: [Int64]) throws {
    let error = #expect(throws: OperatorError.self) {
      try run("SplitToSequence", [.tensor(.counting(5, 2)), .tensor(.of([sizes.count], sizes))])
    }
    #expect(error?.kind == .mismatched)
  }

  @Test func splittingKeepsToTheLimit() throws {
    #expect(throws: OperatorError.self) { try run("SplitToSequence", [.tensor(.counting(5, 2)), integer(0)]) }
    let error = #expect(throws: OperatorError.self) { try run("SplitToSequence", [.tensor(.counting(101))]) }
    #expect(error?.kind == .resourceLimit)
  }

  @Test func concatenates() throws {
    let joined = try run("ConcatFromSequence", [sequence(1, 2, 3)], attributes: ["axis": .int(0)])
    #expect(joined.tensor?.elements(of: Float.self) == [1, 2, 3])
    let stacked = try run(
      "ConcatFromSequence", [sequence(1, 2, 3)], attributes: ["axis": .int(-1), "new_axis": .int(1)])
    #expect(stacked.tensor?.shape.dimensions == [1, 3])
    for attributes in [["axis": .int(1)], ["axis": .int(2), "new_axis": .int(1)], [:]] as [[String: Attribute]] {
      #expect(throws: (any Error).self) { try run("ConcatFromSequence", [sequence(1, 2)], attributes: attributes) }
    }
    #expect(throws: OperatorError.self) { try run("ConcatFromSequence", [sequence()], attributes: ["axis": .int(0)]) }
  }

  @Test func optionalValues() throws {
    let type = Attribute.type(DeclaredType(elementType: .float32, dimensions: nil))
    let none = try run("Optional", [], attributes: ["type": type])
    let some = try run("Optional", [sequence(4)])
    func has(_ inputs: [RuntimeValue?]) throws -> [Bool]? {
      try run("OptionalHasElement", inputs).tensor?.elements(of: Bool.self)
    }
    #expect(try has([none]) == [false])
    #expect(try has([some]) == [true])
    #expect(try has([integer(1)]) == [true])
    #expect(try has([nil]) == [false])
    #expect(try has([]) == [false])
    #expect(try firsts(run("OptionalGetElement", [some])) == [4])
    #expect(try firsts(run("OptionalGetElement", [sequence(5)])) == [5])
    #expect(throws: OperatorError.self) { try run("OptionalGetElement", [none]) }
    #expect(throws: OperatorError.self) { try run("Optional", []) }
    #expect(throws: OperatorError.self) { try run("Optional", [some]) }
  }

  @Test func otherOperatorsRefuseWhatIsNoTensor() throws {
    let error = #expect(throws: OperatorError.self) { try run("Relu", [sequence(1)]) }
    #expect(error?.message == "input 0 is a sequence; a tensor is expected")
  }
}
