import Imaging
import Tensors

/// A network's input as pixels of some channels.
struct PixelPlanes: Sendable {
  let tensor: Tensor
  let layout: Preprocessing.Layout
  let channelCount: Int
  let width: Int
  let height: Int

  /// - Parameter tensor: 1×C×H×W or 1×H×W×C by `layout`, float32.
  init(_ tensor: Tensor, layout: Preprocessing.Layout) {
    self.tensor = tensor
    self.layout = layout
    (channelCount, height, width) = layout.extents(of: tensor.shape.dimensions)
  }

  var pixelCount: Int { width * height }

  /// The elements of one channel, row by row.
  func plane(_ channel: Int) -> [Float] {
    tensor.withElements(of: Float.self) { elements in
      (0..<pixelCount).map { elements[place(channel, $0)] }
    }
  }

  /// Where a channel's element of a pixel lies.
  func place(_ channel: Int, _ pixel: Int) -> Int {
    layout.place(channel: channel, pixel: pixel, channels: channelCount, pixels: pixelCount)
  }

  /// A tensor of the same shape made of planes.
  func tensor(of planes: [[Float]]) -> Tensor {
    var elements = [Float](repeating: 0, count: tensor.count)
    for (channel, plane) in planes.enumerated() {
      for pixel in 0..<pixelCount { elements[place(channel, pixel)] = plane[pixel] }
    }
    return Tensor(tensor.shape, elements)
  }

  /// Writes the picture with each pixel multiplied by its factor.
  func write(times factors: [Float], to image: UnsafeMutableBufferPointer<Float>) {
    tensor.withElements(of: Float.self) { source in
      factors.withUnsafeBufferPointer { factors in
        if layout == .nchw {
          for start in stride(from: 0, to: source.count, by: factors.count) {
            for pixel in factors.indices { image[start + pixel] = source[start + pixel] * factors[pixel] }
          }
        } else {
          for index in source.indices { image[index] = source[index] * factors[index / channelCount] }
        }
      }
    }
  }

  /// Writes this picture where a pixel's rank is below `count`, and `other` elsewhere.
  func write(
    first count: Int, of ranking: PixelRanking, over other: PixelPlanes, to image: UnsafeMutableBufferPointer<Float>
  ) {
    let limit = UInt32(count)
    tensor.withElements(of: Float.self) { inner in
      other.tensor.withElements(of: Float.self) { outer in
        ranking.ranks.withUnsafeBufferPointer { ranks in
          if layout == .nchw {
            for start in stride(from: 0, to: inner.count, by: ranks.count) {
              for pixel in ranks.indices {
                image[start &+ pixel] = ranks[pixel] < limit ? inner[start &+ pixel] : outer[start &+ pixel]
              }
            }
          } else {
            for index in inner.indices {
              image[index] = ranks[index / channelCount] < limit ? inner[index] : outer[index]
            }
          }
        }
      }
    }
  }
}
