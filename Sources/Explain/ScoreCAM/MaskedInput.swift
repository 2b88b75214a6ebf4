import Imaging
import Tensors

/// Multiplies a network's input with masks, in the domain that is asked for.
struct MaskedInput: Sendable {
  private enum Substrate: Sendable {
    case normalised(Tensor)
    case pixels(NetworkInput.Picture)
  }

  private let substrate: Substrate
  let shape: Shape
  private let layout: Preprocessing.Layout

  /// - Throws: `ExplainError` where pixels are asked for and the input was given as a tensor.
  init(
    _ input: NetworkInput, domain: ScoreCAMConfiguration.MaskDomain, layout: Preprocessing.Layout
  ) throws(ExplainError) {
    shape = input.tensor.shape
    self.layout = layout
    switch domain {
    case .normalised: substrate = .normalised(input.tensor)
    case .pixel:
      guard let picture = input.picture else {
        throw ExplainError(
          .mismatched,
          """
          masking in the pixel domain needs the picture itself; give a PNG or JPEG file rather than a .npy tensor, or \
          choose --mask-domain normalised
          """)
      }
      substrate = .pixels(picture)
    }
  }

  /// Writes input ∘ mask, `shape.count` elements; nil is the mask of zeros.
  ///
  /// - Parameter mask: height × width values in 0…1.
  func write(mask: UnsafeBufferPointer<Float>?, to result: UnsafeMutableBufferPointer<Float>) {
    switch substrate {
    case .normalised(let tensor):
      guard let mask else {
        result.update(repeating: 0)
        return
      }
      tensor.withElements(of: Float.self) { input in
        if layout == .nchw {
          for start in stride(from: 0, to: input.count, by: mask.count) {
            for pixel in mask.indices { result[start + pixel] = input[start + pixel] * mask[pixel] }
          }
        } else {
          let channels = input.count / max(mask.count, 1)
          for index in input.indices { result[index] = input[index] * mask[index / channels] }
        }
      }
    case .pixels(let picture):
      writeMaskedPixels(of: picture, mask: mask, to: result)
    }
  }

  /// The article masks the picture's bytes: byte × mask, rounded half up, and then what preprocessing makes of it.
  private func writeMaskedPixels(
    of picture: NetworkInput.Picture, mask: UnsafeBufferPointer<Float>?,
    to result: UnsafeMutableBufferPointer<Float>
  ) {
    picture.image.pixels.withUnsafeBufferPointer { pixels in
      let pixelCount = pixels.count / 3
      for channel in 0..<3 {
        let source = picture.preprocessing.sourceChannel(of: channel)
        let values = picture.preprocessing.values(ofChannel: channel)
        for pixel in 0..<pixelCount {
          let masked = (Float(pixels[pixel * 3 + source]) * (mask?[pixel] ?? 0) + 0.5).rounded(.down)
          let value = values[Int(min(max(masked, 0), 255))]
          result[layout == .nchw ? channel * pixelCount + pixel : pixel * 3 + channel] = value
        }
      }
    }
  }
}
