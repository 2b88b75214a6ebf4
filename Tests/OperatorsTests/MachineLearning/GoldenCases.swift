import Foundation
import GraphIR
import Kernels
import Operators
import Tensors
import TestSupport
import Testing

/// A call of an operator of ai.onnx.ml and what onnxruntime 1.32 makes of it, from `scripts/make-machine-learning-fixtures`.
struct GoldenCase: Decodable, CustomTestStringConvertible, Sendable {
  let name: String
  let `operator`: String
  let version: Int
  let attributes: [String: GoldenAttribute]
  let inputs: [GoldenTensor]
  let outputs: [GoldenTensor]

  var testDescription: String { "\(`operator`): \(name)" }

  static let all: [GoldenCase] = {
    struct File: Decodable { let cases: [GoldenCase] }
    let content = try! Data(contentsOf: URL(fileURLWithPath: Checkout.fixture("machine-learning.json")))
    return try! JSONDecoder().decode(File.self, from: content).cases
  }()

  func run() throws -> [Tensor] {
    try callMachineLearning(
      `operator`, version: version, try inputs.map { try $0.tensor() },
      attributes: try attributes.mapValues { try $0.attribute() }, outputs: outputs.count)
  }
}

/// Makes an operator of ai.onnx.ml and calls it once.
func callMachineLearning(
  _ name: String, version: Int, _ inputs: [Tensor], attributes: [String: Attribute], outputs: Int = 1
) throws -> [Tensor] {
  let node = Node(
    name: "test", domain: "ai.onnx.ml", operatorName: name, inputs: inputs.indices.map { ValueID($0) },
    outputs: (0..<outputs).map { ValueID(inputs.count + $0) }, attributes: attributes)
  let context = EvaluationContext(pool: ThreadPool(threadCount: 2), allocator: TensorAllocator(limit: 1 << 30))
  return try OperatorRegistry.makeOperator(for: node, opsets: ["ai.onnx.ml": version])
    .evaluate(OperatorInputs(inputs), context)
}

/// One of the kinds of attributes.
struct GoldenAttribute: Decodable, Sendable {
  let int: Int64?
  let float: Number?
  let string: String?
  let ints: [Int64]?
  let floats: [Number]?
  let strings: [String]?
  let tensor: GoldenTensor?

  /// A number; null is NaN.
  struct Number: Decodable, Sendable {
    let value: Float

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      value = container.decodeNil() ? .nan : try container.decode(Float.self)
    }
  }

  func attribute() throws -> Attribute {
    if let int { return .int(int) }
    if let string { return .string(Array(string.utf8)) }
    if let ints { return .ints(ints) }
    if let floats { return .floats(floats.map(\.value)) }
    if let strings { return .strings(strings.map { Array($0.utf8) }) }
    if let tensor { return .tensor(try tensor.tensor()) }
    // A float that is NaN reads as one that is not there.
    return .float(float?.value ?? .nan)
  }
}

/// A tensor; null is NaN.
struct GoldenTensor: Decodable, Sendable {
  let type: String
  let shape: [Int]
  let numbers: [Double?]?
  let strings: [String]?

  func tensor() throws -> Tensor {
    let shape = try Shape(shape)
    if let strings { return Tensor(shape, strings: strings) }
    let values = try #require(numbers).map { $0 ?? .nan }
    switch type {
    case "float32": return Tensor(shape, values.map { Float($0) })
    case "float64": return Tensor(shape, values)
    case "int64": return Tensor(shape, values.map { Int64($0) })
    case "int32": return Tensor(shape, values.map { Int32($0) })
    case "uint8": return Tensor(shape, values.map { UInt8($0) })
    default: throw GoldenError(type: type)
    }
  }

  struct GoldenError: Error { let type: String }
}
