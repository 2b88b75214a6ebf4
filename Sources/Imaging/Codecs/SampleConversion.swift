internal import CImageCodecs

/// Samples as a file stores them to 8-bit RGB, with the numbers of Pillow's `convert("RGB")`. Alpha is dropped.
enum SampleConversion {
  /// Writes 3 bytes a pixel to `target` from the samples that a codec gave for `header`.
  static func convert(
    _ samples: UnsafeBufferPointer<UInt8>, _ header: codec_header, to target: UnsafeMutableBufferPointer<UInt8>
  ) {
    let count = Int(header.width) * Int(header.height)
    switch header.layout {
    case CODEC_GRAY where header.bits == 16:
      // Pillow clips 16-bit grey levels to 255 where it takes the high byte of every other 16-bit sample.
      for pixel in 0..<count {
        let level = samples[2 * pixel] != 0 ? 255 : samples[2 * pixel + 1]
        for channel in 0..<3 { target[3 * pixel + channel] = level }
      }
    case CODEC_GRAY:
      let scale = UInt8(255 / ((1 << header.bits) - 1))
      for pixel in 0..<count {
        let level = samples[pixel] &* scale
        for channel in 0..<3 { target[3 * pixel + channel] = level }
      }
    case CODEC_INDEXED:
      withUnsafeBytes(of: header.palette) { palette in
        for pixel in 0..<count {
          for channel in 0..<3 { target[3 * pixel + channel] = palette[3 * Int(samples[pixel]) + channel] }
        }
      }
    case CODEC_INVERTED_CMYK:
      for pixel in 0..<count {
        let light = Int(samples[4 * pixel + 3])
        for channel in 0..<3 {
          target[3 * pixel + channel] = UInt8(light - product(255 - Int(samples[4 * pixel + channel]), light))
        }
      }
    default:
      // Grey or RGB, with or without alpha; of 16-bit samples the high byte counts.
      let step = header.bits == 16 ? 2 : 1
      let colors = header.layout == CODEC_GRAY_ALPHA ? 1 : 3
      let pixelStep = Int(header.samples_per_pixel) * step
      for pixel in 0..<count {
        for channel in 0..<3 {
          target[3 * pixel + channel] = samples[pixel * pixelStep + (colors == 1 ? 0 : channel * step)]
        }
      }
    }
  }

  /// `a` · `b` / 255, rounded, for factors of 0 to 255.
  private static func product(_ a: Int, _ b: Int) -> Int {
    let sum = a * b + 128
    return (sum >> 8 + sum) >> 8
  }
}
