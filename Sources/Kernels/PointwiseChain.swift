/// Several functions of each element, one after the other, in one pass over memory.
///
/// Elements are worked on some thousand at a time, so that what one step hands to the next stays in the first-level
/// cache. Each element's result is, to the bit, that of the steps by themselves.
public struct PointwiseChain: Sendable {
  /// What a step reads.
  public enum Operand: Sendable, Hashable {
    /// The element at the same place of an input.
    case input(Int)
    /// The element of a constant that is repeated over and over.
    case constant(Int)
    /// What a step before has made.
    case step(Int)
  }

  public enum Step: Sendable {
    case function(PointwiseFunction, Operand)
    case operation(PointwiseOperation, Operand, Operand)

    fileprivate var operands: [Operand] {
      switch self {
      case .function(_, let x): [x]
      case .operation(_, let a, let b): [a, b]
      }
    }
  }

  private let steps: [Step]

  /// Each constant repeated until it has at least a piece's elements.
  private let constants: [FloatStorage]

  /// For each step the piece of working memory that it writes; nil for the last one, which writes the result.
  private let registers: [Int?]
  private let registerCount: Int

  /// - Parameters:
  ///   - steps: the last one makes the result.
  ///   - constants: none is empty.
  public init(steps: [Step], constants: [[Float]]) {
    precondition(!steps.isEmpty && constants.allSatisfy { !$0.isEmpty })
    self.steps = steps
    self.constants = constants.map { values in
      let copies = Self.pieceCount.dividedRoundingUp(by: values.count)
      let storage = FloatStorage(count: copies * values.count)
      for copy in 0..<copies {
        _ = storage.elements[(copy * values.count)...].update(fromContentsOf: values)
      }
      return storage
    }
    (registers, registerCount) = Self.registers(of: steps)
  }

  /// A step takes a register whose value no later step reads; one that it reads itself will do.
  private static func registers(of steps: [Step]) -> (ofSteps: [Int?], count: Int) {
    var lastUse = [Int](repeating: 0, count: steps.count)
    for (index, step) in steps.enumerated() {
      for case .step(let other) in step.operands { lastUse[other] = index }
    }
    var registers = [Int?](repeating: nil, count: steps.count)
    var owners: [Int] = []
    for index in steps.indices.dropLast() {
      if let free = owners.firstIndex(where: { lastUse[$0] <= index }) {
        owners[free] = index
        registers[index] = free
      } else {
        registers[index] = owners.count
        owners.append(index)
      }
    }
    return (registers, owners.count)
  }

  /// Computes `count` elements.
  ///
  /// - Parameters:
  ///   - inputs: `count` elements each.
  ///   - output: must not overlap the inputs.
  public func run(
    _ inputs: [UnsafePointer<Float>], count: Int, to output: UnsafeMutablePointer<Float>, pool: ThreadPool,
    instructionSet: InstructionSet = .current
  ) {
    nonisolated(unsafe) let (inputs, output) = (inputs, output)
    pool.forEachChunk(of: count, size: Self.piecesPerItem * Self.pieceCount) { range in
      let working = scratch(max(registerCount, 1) * Self.pieceCount)
      var first = range.lowerBound
      while first < range.upperBound {
        // A piece ends where the copies of a constant do.
        let limit = constants.map { $0.elements.count - first % $0.elements.count }.min() ?? .max
        let count = min(range.upperBound - first, Self.pieceCount, limit)
        run(inputs, from: first, count: count, to: output + first, working, instructionSet)
        first += count
      }
    }
  }

  private func run(
    _ inputs: [UnsafePointer<Float>], from first: Int, count: Int, to output: UnsafeMutablePointer<Float>,
    _ working: UnsafeMutablePointer<Float>, _ instructionSet: InstructionSet
  ) {
    func start(of operand: Operand) -> UnsafePointer<Float> {
      switch operand {
      case .input(let index): inputs[index] + first
      case .constant(let index): UnsafePointer(constants[index].start) + first % constants[index].elements.count
      case .step(let index): UnsafePointer(working) + registers[index]! * Self.pieceCount
      }
    }
    for (index, step) in steps.enumerated() {
      let target = registers[index].map { working + $0 * Self.pieceCount } ?? output
      switch step {
      case .function(let function, let x): function.apply(start(of: x), count: count, to: target, instructionSet)
      case .operation(let operation, let a, let b):
        operation.combine(start(of: a), start(of: b), count: count, to: target, instructionSet)
      }
    }
  }

  /// Elements of a piece: 4 KB, of which several fit a first-level cache.
  private static let pieceCount = 1024

  /// Pieces that are worth a thread's while.
  private static let piecesPerItem = 32
}
