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

  /// How many masked inputs run at a time. The results do not depend on it.
  public let batchSize: Int

  /// - Precondition: `batchSize` ≥ 1.
  public init(classifier: Classifier, layer: HookableLayer, batchSize: Int = ScoreCAM.defaultBatchSize) {
    precondition(batchSize >= 1)
    self.classifier = classifier
    self.layer = layer
    self.batchSize = batchSize
  }

  /// Enough images for each thread to share passes over the weights, few enough to report progress often.
  public static let defaultBatchSize = 128

  /// Runs all passes. Complexity: one forward pass for each channel that is not constant, and three more; memory for
  /// one batch.
  ///
  /// - Parameter progress: called with the passes done and the passes in all, after each batch.
  public func run(
    _ input: NetworkInput, masking: ScoreCAMConfiguration.Masking,
    progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> ScoreCAMPasses {
    let (activation, inputLogits) = try classifier.activation(of: layer, image: input.tensor)
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
    let passes = try MaskedPasses(classifier: classifier, input: input, masks: masks)
    let rounds = (channels.count + batchSize - 1) / batchSize
    for round in 0..<rounds {
      let batch = Array(channels[channels.count * round / rounds..<channels.count * (round + 1) / rounds])
      let rows = try passes.logits(under: batch)
      for (index, channel) in batch.enumerated() {
        store(rows[index * classifier.classCount..<(index + 1) * classifier.classCount], at: channel)
      }
      try progress(channels.count * (round + 1) / rounds, channels.count)
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
