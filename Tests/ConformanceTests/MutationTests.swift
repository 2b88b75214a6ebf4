import Conformance
import Foundation
import GraphIR
import Kernels
import OnnxFormat
import Operators
import Tensors
import Testing

/// The suite's operator calls with shapes, types, elements and attributes changed at random: each must end in a result or an
/// error, never in a trap, and none may hang.
///
/// ONNX_LENS_MUTATIONS sets how many calls are made, ONNX_LENS_SEED with which ones to begin.
@Suite("Mutated operator calls", .enabled(if: SuiteFiles.isThere, "no suite: run scripts/conformance --fetch"))
struct MutationTests {
  @Test(.timeLimit(.minutes(30))) func everyCallEnds() throws {
    let count = SuiteFiles.environment["ONNX_LENS_MUTATIONS"].flatMap { Int($0) } ?? 10_000
    let seed = SuiteFiles.environment["ONNX_LENS_SEED"].flatMap { UInt64($0) } ?? 1
    let calls = try ConformanceSuite(folder: SuiteFiles.folder).cases.compactMap { try OperatorCall($0) }
    #expect(calls.count > 800)
    let context = EvaluationContext(pool: ThreadPool(threadCount: 2), allocator: TensorAllocator(limit: 1 << 26))
    var mutator = Mutator(seed: seed)
    var resultCount = 0
    for _ in 0..<count {
      let call = mutator.mutated(calls[mutator.below(calls.count)])
      if let outputs = try? call.run(context) {
        resultCount += 1
        // Reads every output to its end.
        for output in outputs where output.elementType != .string {
          #expect(output.withUnsafeBytes { $0.reduce(0) { $0 &+ Int($1) } } >= 0)
        }
      }
    }
    // Most changes are small, so that many calls stay valid.
    #expect(resultCount > count / 5 && resultCount < count)
  }
}

/// A call of one operator.
struct OperatorCall: CustomStringConvertible {
  let node: Node
  let opsets: [String: Int]
  var attributes: [String: Attribute]
  var inputs: [Tensor?]

  /// The call of a case that has one small node which is implemented; nil for all others.
  init?(_ item: ConformanceCase) throws {
    guard item.name.hasPrefix("node/"),
      let graph = try? ModelReader.read(contentsOf: "\(item.folder)/model.onnx").graph,
      graph.nodes.count == 1, (try? OperatorRegistry.makeOperator(for: graph.nodes[0], opsets: graph.opsets)) != nil
    else { return nil }
    var tensors = graph.initializers
    for (index, input) in graph.inputs.enumerated() {
      tensors[input] = try? TensorFile.read("\(item.folder)/test_data_set_0/input_\(index).pb").tensor
    }
    node = graph.nodes[0]
    opsets = graph.opsets
    attributes = node.attributes
    inputs = node.inputs.map { $0.flatMap { tensors[$0] } }
    guard inputs.allSatisfy({ ($0?.count ?? 0) < 1 << 15 }) else { return nil }
  }

  func run(_ context: EvaluationContext) throws -> [Tensor] {
    let changed = Node(
      name: "mutated", domain: node.domain, operatorName: node.operatorName,
      inputs: inputs.indices.map { inputs[$0] == nil ? nil : ValueID($0) }, outputs: node.outputs,
      attributes: attributes)
    return try OperatorRegistry.makeOperator(for: changed, opsets: opsets).evaluate(OperatorInputs(inputs), context)
  }

  var description: String {
    let shapes = inputs.map { $0.map { "\($0.elementType)\($0.shape)" } ?? "none" }
    return "\(node.operatorName) of \(shapes.joined(separator: ", ")), \(attributes)"
  }
}

/// Changes calls, by a sequence that the seed fixes.
struct Mutator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

  /// A number below `bound`, which is positive.
  mutating func below(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 33) % bound
  }

  private mutating func number() -> Int64 {
    [0, 1, -1, 2, 3, -2, 7, 100, 1 << 31, 1 << 40, .max, .min, -5][below(13)]
  }

  mutating func mutated(_ call: OperatorCall) -> OperatorCall {
    var call = call
    for _ in 0...below(3) {
      if !call.inputs.isEmpty, below(2) == 0 {
        let place = below(call.inputs.count)
        call.inputs[place] = below(15) == 0 ? nil : call.inputs[place].map { mutated($0) }
      } else if !call.attributes.isEmpty {
        let name = call.attributes.keys.sorted()[below(call.attributes.count)]
        call.attributes[name] = below(10) == 0 ? nil : mutated(call.attributes[name]!)
      }
    }
    return call
  }

  private mutating func mutated(_ attribute: Attribute) -> Attribute {
    switch attribute {
    case .int: return .int(number())
    case .float: return .float([0, -1, .nan, .infinity, 1e30, 0.5][below(6)])
    case .string(let bytes): return .string(below(4) == 0 ? [0x58] : bytes)
    case .ints(var values):
      switch below(6) {
      case 0: values.append(number())
      case 1 where !values.isEmpty: values.removeLast()
      default: if !values.isEmpty { values[below(values.count)] = number() }
      }
      return .ints(values)
    default: return attribute
    }
  }

  /// A tensor of any element type, with 1 in every second byte.
  private mutating func retyped(_ shape: Shape) -> Tensor {
    let type = ElementType.allCases[below(ElementType.allCases.count)]
    if type == .string { return Tensor(shape, strings: (0..<shape.count).map { $0 % 2 == 0 ? "1" : "a" }) }
    return try! Tensor(shape, type) { target in for index in target.indices { target[index] = UInt8(index % 2) } }
  }

  /// The tensor with another shape, its elements repeated or cut off, and a few of them changed.
  private mutating func mutated(_ tensor: Tensor) -> Tensor {
    var extents = tensor.shape.dimensions
    switch below(6) {
    case 0 where !extents.isEmpty: extents[below(extents.count)] = [0, 1][below(2)]
    case 1, 2:
      if !extents.isEmpty {
        let axis = below(extents.count)
        extents[axis] = max(0, extents[axis] + [-1, 1, 2][below(3)])
      }
    case 3 where !extents.isEmpty: extents.removeLast()
    case 4: extents.append(below(3))
    default: break
    }
    guard let shape = try? Shape(extents), shape.count <= 1 << 16 else { return tensor }
    if below(16) == 0 { return retyped(shape) }
    if tensor.elementType == .string {
      let texts = tensor.strings
      return Tensor(shape, strings: (0..<shape.count).map { texts.isEmpty ? "" : texts[$0 % texts.count] })
    }
    if tensor.elementType == .int64 {
      let values = tensor.elements(of: Int64.self)
      var changed = (0..<shape.count).map { values.isEmpty ? 1 : values[$0 % values.count] }
      if !changed.isEmpty, below(2) == 0 { changed[below(changed.count)] = number() }
      return Tensor(shape, changed)
    }
    var bytes = tensor.withUnsafeBytes { Array($0) }
    if bytes.isEmpty { bytes = [0] }
    if tensor.elementType != .bool, below(4) == 0 { bytes[below(bytes.count)] = [0, 127, 128, 255][below(4)] }
    // Without a limit, memory of this size is always there.
    return try! Tensor(shape, tensor.elementType) { target in
      for index in target.indices { target[index] = bytes[index % bytes.count] }
    }
  }
}
