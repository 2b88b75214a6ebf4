import Imaging
import Tensors

/// What a layer made of a picture, channel by channel.
struct LayerActivation {
  /// What the values of a channel are like.
  struct ChannelRange {
    let minimum: Float
    let maximum: Float
    let mean: Double
  }

  let width: Int
  let height: Int
  let ranges: [ChannelRange]
  private let values: [Float]

  /// - Parameter tensor: 1×channels×height×width float32 values.
  init(_ tensor: Tensor) {
    let (channels, height, width) = (tensor.shape[1], tensor.shape[2], tensor.shape[3])
    let values = tensor.elements(of: Float.self)
    ranges = (0..<channels).map { channel in
      let plane = values[channel * height * width..<(channel + 1) * height * width]
      return ChannelRange(
        minimum: plane.min() ?? 0, maximum: plane.max() ?? 0,
        mean: plane.reduce(0) { $0 + Double($1) } / Double(max(1, plane.count)))
    }
    self.values = values
    self.width = width
    self.height = height
  }

  func channel(_ index: Int) -> HeatMap {
    HeatMap(
      width: width, height: height, values: Array(values[index * width * height..<(index + 1) * width * height]))
  }
}
