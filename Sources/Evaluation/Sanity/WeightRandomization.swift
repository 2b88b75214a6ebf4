import Execution
public import Explain
import GraphIR
import Tensors

/// A classifier's layers with weights, and the classifiers that come of spoiling them.
///
/// A spoilt layer's float tensors, weights and biases, are drawn anew from a normal distribution with the tensor's own
/// mean and standard deviation; what is drawn follows from the seed and the tensor's name alone.
///
/// - Source: Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018, section 3.
public struct WeightRandomization: Sendable {
  /// Which layers are spoilt at a time.
  public enum Mode: String, Sendable {
    /// Every layer from the last to the one in question.
    case cascading
    /// The one in question alone.
    case independent
  }

  /// A node with weights.
  public struct Layer: Sendable {
    public let label: String
    let tensors: [ValueID]
  }

  /// From the last to the first.
  public let layers: [Layer]

  private let classifier: Classifier
  private let seed: UInt64

  private static let operators: Set<String> = ["Conv", "ConvTranspose", "Gemm", "MatMul"]

  /// - Throws: `EvaluationError` where no convolution or matrix product has weights in float32.
  public init(of classifier: Classifier, seed: UInt64) throws(EvaluationError) {
    let graph = classifier.network.session.graph
    layers = graph.nodes.reversed().compactMap { node in
      guard WeightRandomization.operators.contains(node.operatorName) else { return nil }
      let tensors = node.inputs.compactMap { $0 }.filter { value in
        graph.initializers[value].map { $0.elementType == .float32 && $0.count > 1 } ?? false
      }
      return tensors.isEmpty ? nil : Layer(label: graph.label(of: node), tensors: tensors)
    }
    guard !layers.isEmpty else {
      throw EvaluationError(
        .unsupported,
        "the model has no convolution or matrix product with float32 weights that could be randomised")
    }
    self.classifier = classifier
    self.seed = seed
  }

  /// The places in `layers` of at most `count` of them, spread evenly, the last and the first included.
  public func places(atMost count: Int) -> [Int] {
    guard count < layers.count else { return Array(layers.indices) }
    guard count > 1 else { return [layers.count - 1] }
    return (0..<count).map { $0 * (layers.count - 1) / (count - 1) }
  }

  /// The classifier with one layer, or all up to it, spoilt.
  ///
  /// - Parameter place: in `layers`.
  /// - Complexity: compiles the network anew.
  public func classifier(_ mode: Mode, _ place: Int) throws -> Classifier {
    let session = classifier.network.session
    let graph = session.graph
    var initializers = graph.initializers
    for layer in mode == .cascading ? layers[...place] : layers[place...place] {
      for value in layer.tensors {
        initializers[value] = drawn(graph.initializers[value]!, name: graph.name(of: value))
      }
    }
    let spoilt = try Graph(
      name: graph.name, values: graph.values, inputs: graph.inputs, outputs: graph.outputs,
      initializers: initializers, outerValues: graph.outerValues, nodes: graph.nodes, opsets: graph.opsets)
    return try Classifier(
      session: Session(
        graph: spoilt, pool: session.pool, memoryLimit: session.memoryLimit, iterationLimit: session.iterationLimit),
      input: classifier.input, inputShape: classifier.inputShape, layout: classifier.layout,
      arithmetic: classifier.network.arithmetic)
  }

  private func drawn(_ tensor: Tensor, name: String) -> Tensor {
    let (mean, deviation) = Substrate.moments(of: tensor.elements(of: Float.self))
    var numbers = SeededNumbers(seed, "weights \(name)")
    return Tensor(
      tensor.shape, (0..<tensor.count).map { _ in Float(mean + deviation * numbers.nextNormal()) })
  }
}
