package import Imaging
package import Tensors

/// A separable Gaussian blur that repeats the picture's edges. The kernel reaches three standard deviations.
package struct GaussianBlur: Sendable {
  private let kernel: [Float]

  package init(standardDeviation: Double) {
    let radius = max(1, Int((3 * standardDeviation).rounded(.up)))
    let weights = (-radius...radius).map { offset in
      exp(-Double(offset * offset) / (2 * max(standardDeviation, 1e-6) * max(standardDeviation, 1e-6)))
    }
    let sum = weights.reduce(0, +)
    kernel = weights.map { Float($0 / sum) }
  }

  /// Blurs an image tensor of the given layout.
  package func apply(_ tensor: Tensor, width: Int, height: Int, layout: Preprocessing.Layout) throws -> Tensor {
    let channels = tensor.count / max(1, width * height)
    let elements = tensor.elements(of: Float.self)
    // Elements to step for one step along x and y, and from one channel to the next.
    let (stepX, stepY, stepC) =
      layout == .nchw ? (1, width, width * height) : (channels, channels * width, 1)
    let rows = blurred(elements, along: stepX, count: width, lines: (height, stepY), channels: (channels, stepC))
    let both = blurred(rows, along: stepY, count: height, lines: (width, stepX), channels: (channels, stepC))
    return Tensor(tensor.shape, both)
  }

  private func blurred(
    _ source: [Float], along step: Int, count: Int, lines: (count: Int, step: Int),
    channels: (count: Int, step: Int)
  ) -> [Float] {
    var result = source
    let radius = kernel.count / 2
    for channel in 0..<channels.count {
      for line in 0..<lines.count {
        let start = channel * channels.step + line * lines.step
        for place in 0..<count {
          var sum: Float = 0
          for (offset, weight) in kernel.enumerated() {
            sum += weight * source[start + min(max(place + offset - radius, 0), count - 1) * step]
          }
          result[start + place * step] = sum
        }
      }
    }
    return result
  }
}
