public import Tensors

/// One picture of a classifier that is to be explained, with what explainers share of it: its logits, the activations of
/// layers, and passes under the masks of channels.
///
/// May be used from several threads at once.
public final class ExplainedInput: @unchecked Sendable {
  public let classifier: Classifier
  public let input: NetworkInput

  /// How many masked inputs a thread takes at a time at most. Results do not depend on it.
  public let batchSize: Int

  private let lock = SystemLock()
  private var foundLogits: [Float]?
  private var activations: [Int: Tensor] = [:]
  private var passes: [PassKey: ScoreCAMPasses] = [:]

  /// - Precondition: `batchSize` ≥ 1.
  public init(_ input: NetworkInput, of classifier: Classifier, batchSize: Int = ScoreCAM.defaultBatchSize) {
    precondition(batchSize >= 1)
    self.input = input
    self.classifier = classifier
    self.batchSize = batchSize
  }

  private struct PassKey: Hashable {
    let value: Int
    let masking: ScoreCAMConfiguration.Masking
  }

  /// The logits of the picture as it is. Complexity: a forward pass at the first use.
  public var logits: [Float] {
    get throws {
      if let logits = lock.withLock({ foundLogits }) { return logits }
      let logits = try classifier.logits(of: input.tensor)
      lock.withLock { foundLogits = logits }
      return logits
    }
  }

  /// The probabilities of the picture as it is.
  public var probabilities: [Double] {
    get throws { classifier.head.probabilities(of: try logits) }
  }

  /// What a layer makes of the picture, 1×channels×height×width. Complexity: a forward pass at a layer's first use.
  public func activation(of layer: HookableLayer) throws -> Tensor {
    if let activation = lock.withLock({ activations[layer.value.index] }) { return activation }
    let (activation, logits) = try classifier.activation(of: layer, image: input.tensor)
    lock.withLock {
      activations[layer.value.index] = activation
      foundLogits = logits
    }
    return activation
  }

  /// The passes with the mask of each of a layer's channels, as `ScoreCAM.run` makes them.
  ///
  /// Complexity: that of `ScoreCAM.run` at the first use of a layer and masking.
  public func passes(
    at layer: HookableLayer, masking: ScoreCAMConfiguration.Masking,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> ScoreCAMPasses {
    let key = PassKey(value: layer.value.index, masking: masking)
    if let passes = lock.withLock({ passes[key] }) { return passes }
    let made = try ScoreCAM(classifier: classifier, layer: layer, batchSize: batchSize)
      .run(input, masking: masking, progress: progress)
    lock.withLock {
      passes[key] = made
      activations[layer.value.index] = made.activation
      foundLogits = made.inputLogits
    }
    return made
  }
}
