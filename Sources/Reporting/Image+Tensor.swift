import Imaging
import Tensors

extension Tensor {
  /// The least and the greatest of a float32 tensor's elements; zeros where it has none.
  var valueRange: ClosedRange<Float> {
    withElements(of: Float.self) { elements in
      guard var low = elements.first else { return 0...0 }
      var high = low
      for element in elements {
        low = min(low, element)
        high = max(high, element)
      }
      return low...high
    }
  }
}

extension Image {
  /// A network's input as a picture: its values moved and scaled from `range` to 0…255, of one channel as grey, of more
  /// the first three.
  ///
  /// - Parameters:
  ///   - tensor: 1×C×H×W or 1×H×W×C by `layout`, float32.
  ///   - range: nil takes the tensor's own.
  ///   - isBGR: whether blue comes first.
  init(showing tensor: Tensor, layout: Preprocessing.Layout, range: ClosedRange<Float>? = nil, isBGR: Bool = false) {
    let (channels, height, width) =
      layout == .nchw
      ? (tensor.shape[1], tensor.shape[2], tensor.shape[3]) : (tensor.shape[3], tensor.shape[1], tensor.shape[2])
    let range = range ?? tensor.valueRange
    let extent = range.upperBound - range.lowerBound
    let pixels = tensor.withElements(of: Float.self) { elements in
      (0..<width * height * 3).map { index -> UInt8 in
        let (pixel, color) = (index / 3, index % 3)
        let channel = channels < 3 ? 0 : isBGR ? 2 - color : color
        let value = elements[layout == .nchw ? channel * width * height + pixel : pixel * channels + channel]
        guard extent > 0 else { return 127 }
        return UInt8(((value - range.lowerBound) / extent * 255).rounded())
      }
    }
    self.init(width: width, height: height, pixels: pixels)
  }
}
