import Execution
import GraphIR
import OnnxFormat
import Tensors

/// Inputs of a case and the outputs that they must give, in the order of the graph's.
struct DataSet {
  let inputs: [RuntimeValue]
  let outputs: [RuntimeValue]
}

extension ConformanceCase {
  /// The most numbers of a ramp: several times what networks for images take.
  private static let longestRamp = 1 << 26

  /// The case's data sets.
  func dataSets(for graph: Graph, limits: Limits) throws -> [DataSet] {
    switch source {
    case .folders:
      return try dataSets().map {
        DataSet(
          inputs: try values("\($0)/input_", for: graph.inputs, of: graph, limits: limits),
          outputs: try values("\($0)/output_", for: graph.outputs, of: graph, limits: limits))
      }
    case .ramp(let stem):
      return [
        DataSet(
          inputs: try graph.inputs.map { .tensor(try ramp(for: graph.values[$0.index], limits: limits)) },
          outputs: try values("\(stem)_output_", for: graph.outputs, of: graph, limits: limits))
      ]
    }
  }

  /// The values in the files `prefix`0.pb, `prefix`1.pb, … for values of the graph, as these are declared.
  private func values(
    _ prefix: String, for values: [ValueID], of graph: Graph, limits: Limits
  ) throws -> [RuntimeValue] {
    let declared = values.map { graph.values[$0.index].declared }
    let read = try self.values(prefix, as: declared.map { $0?.kind ?? .tensor }, limits: limits)
    return read.enumerated().map { index, value in
      guard case .tensor(let tensor) = value, index < declared.count else { return value }
      return .tensor(tensor.read(as: declared[index]?.elementType))
    }
  }

  /// The numbers 0, 1/n, 2/n, … in the declared shape of n elements, extents that are not fixed taken as 1: what ONNX's
  /// backend test runner gives to models without inputs of their own.
  private func ramp(for value: Value, limits: Limits) throws -> Tensor {
    guard let dimensions = value.declared?.dimensions, value.declared?.elementType == .float32 else {
      throw ExecutionError(.unsupported, "input '\(value.name)' is not declared as float32; no ramp is made for it")
    }
    let shape = try Shape(dimensions.map { $0.fixedExtent ?? 1 })
    let count = shape.count
    guard count <= min(ConformanceCase.longestRamp, limits.maximumTensorElements) else {
      throw ExecutionError(.resourceLimit, "input '\(value.name)' of shape \(shape) is too large for a ramp")
    }
    return Tensor(shape, (0..<count).map { Float(Double($0) / Double(count)) })
  }
}

extension Tensor {
  /// The tensor, its bits read as bfloat16 where that is declared and it holds uint16: so onnx releases up to 1.18 wrote
  /// them, since numpy has no such type.
  fileprivate func read(as declared: ElementType?) -> Tensor {
    guard declared == .bfloat16, elementType == .uint16 else { return self }
    return Tensor(shape, elements(of: UInt16.self).map { BFloat16(bitPattern: $0) })
  }
}
