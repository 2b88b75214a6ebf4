import GraphIR
import Kernels
import Operators
import Tensors

extension Program {
  /// Runs a group in one pass; node by node where the tensors have other shapes than one image lets expect.
  func run(_ group: PointwiseGroup, in frame: Frame, context: EvaluationContext) throws {
    let graph = network.session.graph
    let inputs = try group.inputs.map { try graph.tensor(frame.values[$0], of: $0) }
    let shape = inputs[0].shape
    let fits =
      inputs.allSatisfy { $0.elementType == .float32 && $0.shape == shape }
      && group.constantShapes.allSatisfy { shape.dimensions.suffix($0.count) == $0 }
    guard fits else {
      for index in group.nodes { try runNode(index, in: frame, context: context) }
      for value in group.innerValues { frame.values[value] = nil }
      return
    }
    let result: Tensor
    do {
      result = try Tensor(shape, of: Float.self, allocator: context.allocator) { target in
        withStarts(of: inputs[...], []) { starts in
          group.chain.run(starts, count: shape.count, to: target.baseAddress!, pool: context.pool)
        }
      }
    } catch {
      throw ExecutionError(error, node: graph.nodes[group.nodes.last!], in: graph)
    }
    frame.values[group.output] = .tensor(result)
  }
}

/// Calls `body` with where the elements of tensors start.
private func withStarts(
  of tensors: ArraySlice<Tensor>, _ starts: [UnsafePointer<Float>], _ body: ([UnsafePointer<Float>]) -> Void
) {
  guard let tensor = tensors.first else { return body(starts) }
  tensor.withElements(of: Float.self) { elements in
    withStarts(of: tensors.dropFirst(), starts + [elements.baseAddress!], body)
  }
}
