import Explain
import Imaging
import Tensors

extension Image {
  /// What a network saw, as a picture: the bytes that preprocessing made the values of, where the input was made of a
  /// picture; else the values moved and scaled so that the unmasked input fills 0…255. One channel is shown as grey, of
  /// more the first three.
  ///
  /// - Parameters:
  ///   - tensor: `input`'s tensor or a masked one, 1×C×H×W or 1×H×W×C by `layout`.
  ///   - input: the unmasked input.
  init(showing tensor: Tensor, of input: NetworkInput, layout: Preprocessing.Layout) {
    let (channels, height, width) = layout.extents(of: tensor.shape.dimensions)
    // For each of red, green and blue: the tensor's channel, and byte = factor · value + offset.
    let colors: [(channel: Int, factor: Float, offset: Float)]
    if let rule = input.picture?.preprocessing {
      colors = (0..<3).map { color in
        let channel = rule.sourceChannel(of: color)
        return (channel, rule.std[channel] / rule.scale, rule.mean[channel] / rule.scale)
      }
    } else {
      let (low, high) = input.tensor.extremes
      let factor = high > low ? 255 / (high - low) : 0
      colors = (0..<3).map { (channels < 3 ? 0 : $0, factor, high > low ? -low * factor : 127) }
    }
    let pixels = tensor.withElements(of: Float.self) { elements in
      (0..<width * height * 3).map { index -> UInt8 in
        let (pixel, color) = (index / 3, colors[index % 3])
        let place = layout.place(channel: color.channel, pixel: pixel, channels: channels, pixels: width * height)
        let level = color.factor * elements[place] + color.offset
        return level > 0 ? UInt8(min(level, 255).rounded()) : 0
      }
    }
    self.init(width: width, height: height, pixels: pixels)
  }
}
