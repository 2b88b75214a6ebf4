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

  /// The logits that the layers behind one make of changed activations, one row after the other.
  ///
  /// Complexity: a pass through these layers for each activation, at a layer's first use their weights' packing besides.
  ///
  /// - Parameter fill: writes activation `index`, as many elements as the layer's has; called from any thread.
  func tailLogits(
    behind layer: HookableLayer, count: Int, progress: (_ done: Int, _ total: Int) -> Void,
    fill: @escaping @Sendable (_ index: Int, _ activation: UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws -> [Float] {
    let tail = try classifier.tail(behind: layer, image: input.tensor)
    return try withoutActuallyEscaping(progress) { progress in
      // Called from one thread at a time, and not after the passes.
      nonisolated(unsafe) let progress = progress
      return try tail.logits(activations: count, perThread: batchSize, progress: { progress($0, count) }, fill: fill)
    }
  }

  /// The logits of changed pictures, one row after the other.
  ///
  /// - Parameter fill: writes input `index`, as many elements as the picture's tensor has; called from any thread.
  func logits(
    images count: Int, progress: (_ done: Int, _ total: Int) -> Void,
    fill: @escaping @Sendable (_ index: Int, _ image: UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws -> [Float] {
    try withoutActuallyEscaping(progress) { progress in
      // Called from one thread at a time, and not after the passes.
      nonisolated(unsafe) let progress = progress
      return try classifier.logits(
        images: count, imagesPerThread: batchSize, progress: { progress($0, count) }, fill: fill)
    }
  }

  /// The probability of some classes in rows of logits, rows × classes.
  func probabilities(of classes: [Int], in logits: [Float]) -> [[Double]] {
    let classCount = classifier.classCount
    return stride(from: 0, to: logits.count, by: classCount).map { start in
      let all = classifier.head.probabilities(of: Array(logits[start..<start + classCount]))
      return classes.map { all[$0] }
    }
  }

  /// A number that follows from the picture's tensor, to tell pictures apart with.
  ///
  /// - Source: FNV-1a with 64 bits (Fowler, Noll and Vo), over the elements' bit patterns.
  var fingerprint: UInt64 {
    input.tensor.withElements(of: Float.self) { elements in
      elements.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01b3 }
    }
  }
}
