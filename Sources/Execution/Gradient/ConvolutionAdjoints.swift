import GraphIR
import Operators
import Tensors

/// Runs gradients back through float32 convolutions with constant weights by compiled convolutions of the gradient, so
/// that the kernels of the forward pass do the work.
///
/// What is made for a node and an extent is kept.
final class ConvolutionAdjoints: @unchecked Sendable {
  private struct Key: Hashable {
    let node: Int
    let input: Shape
  }

  private let session: Session
  /// nil for what is left to the plain rule. Touched under the lock alone.
  private var adjoints: [Key: ConvolutionAdjoint?] = [:]
  private let lock = SystemLock()

  init(session: Session) { self.session = session }

  /// The gradients of a node's inputs; nil where the plain rule is to be used.
  func gradients(of node: Int, _ call: GradientCall) throws -> [Tensor?]? {
    guard call.wanted.count > 1, call.wanted.indices.allSatisfy({ call.wanted[$0] == ($0 == 0) }),
      let input = call.inputs[0], input.elementType == .float32, let gradient = call.gradients[0],
      gradient.elementType == .float32, gradient.count > 0, input.shape.rank == 4
    else { return nil }
    guard let adjoint = try adjoint(of: node, call, image: Shape([1] + input.shape.dimensions.dropFirst())) else {
      return nil
    }
    return [try adjoint.gradient(from: gradient, shape: input.shape, call.context)]
  }

  private func adjoint(of node: Int, _ call: GradientCall, image: Shape) throws -> ConvolutionAdjoint? {
    let key = Key(node: node, input: image)
    if let known = lock.withLock({ adjoints[key] }) { return known }
    let inputs = session.graph.nodes[node].inputs.enumerated().map { place, value -> KnownInput? in
      guard let value else { return nil }
      if place == 0 { return KnownInput(shape: image, elementType: .float32, constant: nil) }
      return session.constants[value].map { KnownInput(shape: $0.shape, elementType: $0.elementType, constant: $0) }
    }
    var adjoint: ConvolutionAdjoint?
    if case .convolution(let rows, let columns, let groups)? = session.operators[node].layerForm(of: inputs),
      let weights = inputs[1]?.constant
    {
      adjoint = try AdjointConvolutions(weights: weights, rows: rows, columns: columns, groups: groups).map {
        try ConvolutionAdjoint($0, memoryLimit: session.memoryLimit, pool: session.pool)
      }
    }
    lock.withLock { adjoints[key] = .some(adjoint) }
    return adjoint
  }
}
