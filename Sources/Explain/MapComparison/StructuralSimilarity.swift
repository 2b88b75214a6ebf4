import Foundation

/// How alike two maps look: their means, contrasts and structure in small windows.
public enum StructuralSimilarity {
  /// The width of the window and the standard deviation of its Gaussian weights, in pixels.
  private static let (window, deviation) = (11, 1.5)

  /// The mean SSIM over all places at which the window lies inside of the maps; 1 for equal maps. In maps that are
  /// smaller than the window, it is as wide as the largest odd number that fits.
  ///
  /// - Parameter range: the extent L of the values, which the constants (0.01 L)² and (0.03 L)² are made of.
  /// - Precondition: the maps are of one size.
  /// - Returns: nil where the maps have no pixels, or are constant so that 0 stands over 0.
  /// - Complexity: linear in pixels, times the width of the window.
  /// - Source: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural
  ///   similarity", 2004, with the weights given there; `skimage.metrics.structural_similarity` computes the same with
  ///   `gaussian_weights=True, sigma=1.5, use_sample_covariance=False`.
  public static func mean(_ map: SaliencyMap, _ reference: SaliencyMap, range: Double) -> Double? {
    precondition(map.width == reference.width && map.height == reference.height)
    let side = min(window, map.width, map.height)
    guard side > 0 else { return nil }
    let weights = gaussian(radius: (side - 1) / 2)
    let (x, y) = (map.values.map(Double.init), reference.values.map(Double.init))
    func blurred(_ values: [Double]) -> [Double] { blur(values, map.width, map.height, weights) }
    let (meanX, meanY) = (blurred(x), blurred(y))
    let (squaresX, squaresY) = (blurred(zip(x, x).map(*)), blurred(zip(y, y).map(*)))
    let products = blurred(zip(x, y).map(*))
    let (c1, c2) = ((0.01 * range) * (0.01 * range), (0.03 * range) * (0.03 * range))
    var sum = 0.0
    for place in meanX.indices {
      let (mx, my) = (meanX[place], meanY[place])
      let (vx, vy) = (squaresX[place] - mx * mx, squaresY[place] - my * my)
      let covariance = products[place] - mx * my
      sum += (2 * mx * my + c1) * (2 * covariance + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    }
    let mean = sum / Double(meanX.count)
    return mean.isFinite ? mean : nil
  }

  /// Weights of sum 1.
  private static func gaussian(radius: Int) -> [Double] {
    let weights = (-radius...radius).map { exp(-0.5 * Double($0 * $0) / (deviation * deviation)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// Weighted means along both axes, where the window lies inside.
  private static func blur(_ values: [Double], _ width: Int, _ height: Int, _ weights: [Double]) -> [Double] {
    let (innerWidth, innerHeight) = (width - weights.count + 1, height - weights.count + 1)
    var rows = [Double](repeating: 0, count: innerWidth * height)
    for row in 0..<height {
      for column in 0..<innerWidth {
        var sum = 0.0
        for (offset, weight) in weights.enumerated() { sum += weight * values[row * width + column + offset] }
        rows[row * innerWidth + column] = sum
      }
    }
    var result = [Double](repeating: 0, count: innerWidth * innerHeight)
    for row in 0..<innerHeight {
      for column in 0..<innerWidth {
        var sum = 0.0
        for (offset, weight) in weights.enumerated() { sum += weight * rows[(row + offset) * innerWidth + column] }
        result[row * innerWidth + column] = sum
      }
    }
    return result
  }
}
