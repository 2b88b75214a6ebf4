import Execution
import Imaging
public import Tensors

/// Score-CAM's forward passes: one for each channel of an activation, with the input masked by that channel.
///
/// - Source: Wang et al., "Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks", CVPR
///   Workshops 2020, arXiv 1910.01279.
public struct ScoreCAM: Sendable {
  public let classifier: Classifier
  public let layer: HookableLayer

  /// How many masked inputs a thread takes at a time at most. The results do not depend on it.
  public let batchSize: Int

  /// - Precondition: `batchSize` ≥ 1.
  public init(classifier: Classifier, layer: HookableLayer, batchSize: Int = ScoreCAM.defaultBatchSize) {
    precondition(batchSize >= 1)
    self.classifier = classifier
    self.layer = layer
    self.batchSize = batchSize
  }

  /// Enough images for a thread to share passes over the weights, few enough to report progress often.
  public static let defaultBatchSize = 32

  /// Runs all passes. Complexity: one forward pass for each channel that is not constant, and three more; memory for
  /// one batch.
  ///
  /// - Parameters:
  ///   - chosen: the layer's channels to take, as if it had no others; nil takes all.
  ///   - profile: takes the time of each part.
  ///   - progress: called with the passes done and the passes in all, now and then, from any thread.
  public func run(
    _ input: NetworkInput, masking: ScoreCAMConfiguration.Masking, channels chosen: [Int]? = nil,
    profile: ScoreCAMProfile? = nil, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> ScoreCAMPasses {
    let (whole, inputLogits) = try profile.time(\.activationSeconds) {
      try classifier.activation(of: layer, image: input.tensor)
    }
    let activation = chosen.map { whole.channels($0) } ?? whole
    let masks = MaskGenerator(
      activation: activation, masking: masking, width: classifier.width, height: classifier.height)
    let maskedInput = try MaskedInput(input, domain: masking.domain, layout: classifier.layout)
    let constantChannels = masks.constantChannels()
    let isConstant = Set(constantChannels)
    let channels = (0..<masks.channelCount).filter { !isConstant.contains($0) }

    var logits = [Float](repeating: 0, count: masks.channelCount * classifier.classCount)
    func store(_ row: ArraySlice<Float>, at channel: Int) {
      logits.replaceSubrange(channel * classifier.classCount..<(channel + 1) * classifier.classCount, with: row)
    }
    // Equal masks give equal scores: one pass of the mask of zeros stands for all constant channels.
    if !constantChannels.isEmpty {
      let row = try classifier.logits(images: 1) { _, image in maskedInput.write(mask: nil, to: image) }
      for channel in constantChannels { store(row[...], at: channel) }
    }
    let passes = try MaskedPasses(classifier: classifier, input: input, masks: masks, profile: profile)
    let rows = try withoutActuallyEscaping(progress) { progress in
      // Called from one thread at a time, and not after the passes.
      nonisolated(unsafe) let progress = progress
      return try passes.logits(under: channels, imagesPerThread: batchSize) { progress($0, channels.count) }
    }
    for (index, channel) in channels.enumerated() {
      store(rows[index * classifier.classCount..<(index + 1) * classifier.classCount], at: channel)
    }
    return ScoreCAMPasses(
      classifier: classifier, input: input, masks: masks, constantChannels: constantChannels,
      logits: Tensor(try Shape([masks.channelCount, classifier.classCount]), logits), inputLogits: inputLogits)
  }
}

extension ScoreCAMPasses {
  /// Some channels of the hooked activation.
  public func featureMaps(of channels: [Int]) -> [SaliencyMap] {
    let (height, width) = (activation.shape[2], activation.shape[3])
    return activation.withElements(of: Float.self) { elements in
      channels.map { channel in
        SaliencyMap(
          width: width, height: height,
          values: Array(elements[channel * width * height..<(channel + 1) * width * height]))
      }
    }
  }

  /// The inputs masked by some channels, as the network saw them, for drawing: `shape` elements each.
  public func maskedInputs(of channels: [Int]) throws -> [Tensor] {
    let input = try MaskedInput(self.input, domain: masks.masking.domain, layout: classifier.layout)
    let isConstant = Set(constantChannels)
    return try channels.map { channel in
      try Tensor(input.shape, of: Float.self) { result in
        guard !isConstant.contains(channel) else {
          input.write(mask: nil, to: result)
          return
        }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: masks.width * masks.height) { mask in
          masks.write(channel: channel, to: mask)
          input.write(mask: UnsafeBufferPointer(mask), to: result)
        }
      }
    }
  }
}

extension Tensor {
  /// Some channels of a 1×channels×height×width float32 tensor.
  fileprivate func channels(_ channels: [Int]) -> Tensor {
    let size = shape[2] * shape[3]
    let chosen = withElements(of: Float.self) { elements in
      channels.flatMap { elements[$0 * size..<($0 + 1) * size] }
    }
    // Fewer elements than the tensor has.
    return Tensor(try! Shape([1, channels.count, shape[2], shape[3]]), chosen)
  }
}
