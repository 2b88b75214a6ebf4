/// How interpolation weights the neighbours of a coordinate.
enum ResizeKernel: Sendable {
  case linear
  /// Cubic convolution with the coefficient `a`.
  ///
  /// - Source: R. G. Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981, equation (4).
  case cubic(a: Float)

  /// Neighbours on either side that have a weight.
  var radius: Int {
    switch self {
    case .linear: 1
    case .cubic: 2
    }
  }

  /// The weight at a distance from the coordinate.
  func weight(at distance: Double) -> Double {
    let x = abs(distance)
    switch self {
    case .linear: return max(0, 1 - x)
    case .cubic(let a):
      let a = Double(a)
      if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
    }
  }
}

/// The weighted positions of the input that each position along a resized axis is made from.
struct AxisFilter: Sendable {
  /// How many positions each is made from.
  let taps: Int
  /// `taps` positions of the input for each position of the output; the first is −1 where the output lies outside.
  private(set) var positions: [Int] = []
  /// The weights that go with them.
  private(set) var weights: [Double] = []

  /// - Parameters:
  ///   - antialias: when shrinking, stretch the kernel so that it covers every element of the input.
  ///   - excludesOutside: leave out what lies beyond the edges, rather than repeat the edge.
  init(
    _ axis: ResizedAxis, _ transform: CoordinateTransform, _ kernel: ResizeKernel, antialias: Bool,
    excludesOutside: Bool
  ) {
    let stretch = antialias ? min(1, Double(axis.scale)) : 1
    // A position that exists at all is made from at most `extent` others, so that this stays in proportion to the axis.
    let reach = Int((Double(kernel.radius) / stretch).rounded(.up))
    taps = 2 * reach
    positions.reserveCapacity(taps * axis.count)
    weights.reserveCapacity(taps * axis.count)
    for index in 0..<axis.count {
      let coordinate = transform.original(of: index, on: axis)
      let isOutside =
        transform == .tfCropAndResize && !(coordinate >= 0 && coordinate <= Float(axis.extent - 1))
      // A hostile scale or region may give any number, even NaN.
      let center = coordinate.isFinite ? min(max(Double(coordinate), -Double(reach)), Double(axis.extent + reach)) : 0
      let first = Int(center.rounded(.down)) - reach + 1
      var raw: [Double] = []
      for tap in first..<first + taps {
        let isLeftOut = excludesOutside && (tap < 0 || tap >= axis.extent)
        raw.append(isLeftOut ? 0 : kernel.weight(at: (Double(tap) - center) * stretch))
        positions.append(min(max(tap, 0), axis.extent - 1))
      }
      let sum = antialias || excludesOutside ? raw.reduce(0, +) : 1
      weights += raw.map { sum == 0 ? $0 : $0 / sum }
      if isOutside { positions[positions.count - taps] = -1 }
    }
  }
}

extension AxisFilter {
  /// Takes a single position of the input for each of the output; −1 lies outside.
  init(positions: [Int]) {
    taps = 1
    self.positions = positions
    weights = [Double](repeating: 1, count: positions.count)
  }
}
