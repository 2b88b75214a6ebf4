public import Tensors

extension Preprocessing {
  /// What each pixel level of the tensor's channel `index` becomes: 256 values, (level · scale − mean) / std.
  ///
  /// - Precondition: 0 ≤ `index` < 3, in the order of `channels`.
  public func values(ofChannel index: Int) -> [Float] {
    let (mean, std) = (mean[index], std[index])
    return (0..<256).map { (Float($0) * scale - mean) / std }
  }

  /// Which of red, green and blue the tensor's channel `index` holds: 0, 1 or 2.
  public func sourceChannel(of index: Int) -> Int { channels == .rgb ? index : 2 - index }

  /// The network's input for a prepared picture: float32, [1×3×H×W] or [1×H×W×3] by `layout`.
  ///
  /// - Throws: `ShapeError` or `AllocationError` where there is no room for it.
  public func tensor(of picture: Image) throws -> Tensor {
    let (height, width) = (picture.height, picture.width)
    let extents = layout == .nhwc ? [1, height, width, 3] : [1, 3, height, width]
    return try Tensor(Shape(extents), of: Float.self) { write(picture, to: $0) }
  }

  /// Writes the elements of ``tensor(of:)``, for one picture of a batch.
  ///
  /// - Precondition: `target` holds 3 elements a pixel.
  public func write(_ picture: Image, to target: UnsafeMutableBufferPointer<Float>) {
    let count = picture.width * picture.height
    precondition(target.count == 3 * count)
    let (pixelStep, channelStep) = layout == .nhwc ? (3, 1) : (1, count)
    picture.pixels.withUnsafeBufferPointer { pixels in
      for channel in 0..<3 {
        let source = sourceChannel(of: channel)
        values(ofChannel: channel).withUnsafeBufferPointer { values in
          for pixel in 0..<count {
            target[channel &* channelStep &+ pixel &* pixelStep] = values[Int(pixels[3 &* pixel &+ source])]
          }
        }
      }
    }
  }
}
