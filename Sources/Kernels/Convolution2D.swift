/// The geometry of a 2-D convolution of row-major [batch, channels, height, width] tensors.
public struct Convolution2D: Sendable, Hashable {
  public let batch: Int
  public let groups: Int
  public let inputChannels: Int
  public let outputChannels: Int
  public let window: Window2D

  /// - Throws: where the batch is negative, channels or groups are not positive, the groups do not divide the channels,
  ///   or a tensor would have more elements than can be addressed.
  public init(
    batch: Int, groups: Int = 1, inputChannels: Int, outputChannels: Int, window: Window2D
  ) throws(GeometryError) {
    guard batch >= 0, groups > 0, inputChannels > 0, outputChannels > 0 else {
      throw GeometryError(
        "a convolution of \(batch) images, \(inputChannels) to \(outputChannels) channels, \(groups) groups")
    }
    guard inputChannels % groups == 0, outputChannels % groups == 0 else {
      throw GeometryError("\(groups) groups do not divide \(inputChannels) and \(outputChannels) channels")
    }
    self.batch = batch
    self.groups = groups
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.window = window
    _ = try checkedCount(max(batch, 1), inputChannels, max(window.input.height, 1), max(window.input.width, 1))
    _ = try checkedCount(max(batch, 1), outputChannels, window.output.height, window.output.width)
    _ = try checkedCount(outputChannels + 64, inputChannels / groups, window.kernel.height, window.kernel.width)
  }

  /// The input's elements: [batch, inputChannels, height, width].
  public var inputCount: Int { batch * inputChannels * window.input.count }

  /// The weights' elements: [outputChannels, inputChannels / groups, height, width].
  public var weightCount: Int { outputChannels * inputChannelsPerGroup * window.kernel.count }

  /// The output's elements: [batch, outputChannels, height, width].
  public var outputCount: Int { batch * outputChannels * window.output.count }

  var inputChannelsPerGroup: Int { inputChannels / groups }
  var outputChannelsPerGroup: Int { outputChannels / groups }
}
