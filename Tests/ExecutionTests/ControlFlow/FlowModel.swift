import Foundation
import GraphIR
import OnnxFormat
import Tensors
import TestSupport
import Testing

/// A model that `scripts/make-flow-fixtures` wrote, and what it must give.
struct FlowModel {
  /// Inputs and the outputs that they give, by name.
  struct Run: Decodable {
    struct Entry: Decodable {
      let type: String
      let shape: [Int]
      let elements: [Double]

      func tensor() throws -> Tensor {
        let shape = try Shape(shape)
        switch type {
        case "float32": return Tensor(shape, elements.map { Float($0) })
        case "int64": return Tensor(shape, elements.map { Int64($0) })
        case "bool": return Tensor(shape, elements.map { $0 != 0 })
        default: throw CocoaError(.coderInvalidValue)
        }
      }
    }

    let inputs: [String: Entry]
    let outputs: [String: Entry]
  }

  let graph: Graph
  let runs: [Run]

  init(_ name: String) throws {
    graph = try ModelReader.read(contentsOf: Checkout.fixture("flow/\(name).onnx")).graph
    let data = try #require(FileManager.default.contents(atPath: Checkout.fixture("flow/expected.json")))
    runs = try JSONDecoder().decode([String: [Run]].self, from: data)[name] ?? []
  }

  /// A run's inputs.
  func inputs(of run: Run) throws -> [ValueID: Tensor] {
    try Dictionary(uniqueKeysWithValues: graph.inputs.map { ($0, try run.inputs[graph.name(of: $0)]!.tensor()) })
  }

  /// Checks a run's results against the expected ones, to a few units in the last place of float32.
  func check(
    _ results: [ValueID: Tensor], of run: Run, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for (value, result) in results {
      let expected = try #require(run.outputs[graph.name(of: value)]).tensor()
      #expect(result.elementType == expected.elementType, sourceLocation: sourceLocation)
      #expect(result.shape == expected.shape, sourceLocation: sourceLocation)
      guard result.elementType == .float32, result.shape == expected.shape else {
        #expect(
          result.withUnsafeBytes { Array($0) } == expected.withUnsafeBytes { Array($0) }, sourceLocation: sourceLocation
        )
        continue
      }
      for (left, right) in zip(result.elements(of: Float.self), expected.elements(of: Float.self)) {
        #expect(abs(left - right) <= 2e-6 * max(1, abs(right)), sourceLocation: sourceLocation)
      }
    }
  }
}
