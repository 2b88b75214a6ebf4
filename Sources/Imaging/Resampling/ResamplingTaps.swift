private import Glibc

/// Along one axis: the source elements that each target element takes, and their weights.
struct ResamplingTaps: Sendable {
  /// Taps a target element.
  let count: Int

  /// `count` source positions for each target element; all lie inside of the source.
  private(set) var positions: [Int32]

  /// `count` weights for each target element, summing to about 1.
  private(set) var weights: [Float]

  /// - Precondition: both extents are positive.
  init(from source: Int, to target: Int, _ method: ResamplingPlan.Method) {
    switch method {
    case .nearest:
      let scale = Float(source) / Float(target)
      count = 1
      positions = (0..<target).map { Int32(min(Int((Float($0) * scale).rounded(.down)), source - 1)) }
      weights = [Float](repeating: 1, count: target)

    case .bilinear(let alignCorners):
      count = 2
      positions = []
      weights = []
      for element in 0..<target {
        let center = Self.center(of: element, from: source, to: target, alignCorners)
        let position = center < 0 ? 0 : center
        let lower = min(Int(position), source - 1)
        let fraction = min(max(position - Float(lower), 0), 1)
        positions += [Int32(lower), Int32(min(lower + 1, source - 1))]
        weights += [1 - fraction, fraction]
      }

    case .bicubic(let alignCorners):
      count = 4
      positions = []
      weights = []
      for element in 0..<target {
        let position = Self.center(of: element, from: source, to: target, alignCorners)
        let lower = position.rounded(.down)
        positions += (-1...2).map { Int32(min(max(Int(lower) + $0, 0), source - 1)) }
        weights += Self.cubicWeights(min(max(position - lower, 0), 1))
      }

    case .matlabBilinear:
      (count, positions, weights) = Self.matlabTriangle(from: source, to: target)
    }
  }

  /// Where a target element's centre lies in the source, in single precision as PyTorch has it.
  private static func center(of element: Int, from source: Int, to target: Int, _ alignCorners: Bool) -> Float {
    if alignCorners { return target > 1 ? Float(element) * (Float(source - 1) / Float(target - 1)) : 0 }
    return (-0.5 as Float).addingProduct(Float(element) + 0.5, Float(source) / Float(target))
  }

  /// The four weights of Keys' cubic with a = −0.75 at a fraction of 0 to 1 behind the second tap.
  ///
  /// Products and sums are fused as in PyTorch's kernels, whose weights are then met to the last bit.
  private static func cubicWeights(_ fraction: Float) -> [Float] {
    let a: Float = -0.75
    func inner(_ x: Float) -> Float { (1 as Float).addingProduct((-(a + 3)).addingProduct(a + 2, x) * x, x) }
    func outer(_ x: Float) -> Float {
      (-4 * a).addingProduct((8 * a).addingProduct((-5 * a).addingProduct(a, x), x), x)
    }
    return [outer(fraction + 1), inner(fraction), inner(1 - fraction), outer(1 - fraction + 1)]
  }

  /// A triangle around half-pixel centres, widened where the axis gets shorter, mirrored at the borders.
  private static func matlabTriangle(from source: Int, to target: Int) -> (Int, [Int32], [Float]) {
    let scale = Double(target) / Double(source)
    let narrowing = min(scale, 1)
    let width = 2 / narrowing
    let count = Int(width.rounded(.up)) + 2
    var positions: [Int32] = []
    var weights: [Float] = []
    for element in 0..<target {
      let center = (Double(element) + 0.5) / scale - 0.5
      let first = Int((center - width / 2).rounded(.down))
      let window = (first..<first + count).map { max(0, 1 - abs(center - Double($0)) * narrowing) }
      let sum = window.reduce(0, +)
      for (tap, weight) in window.enumerated() {
        let turn = ((first + tap) % (2 * source) + 2 * source) % (2 * source)
        positions.append(Int32(turn < source ? turn : 2 * source - 1 - turn))
        weights.append(Float(weight / sum))
      }
    }
    return (count, positions, weights)
  }

  /// Writes every target element of one line.
  func gather(_ line: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
    positions.withUnsafeBufferPointer { positions in
      weights.withUnsafeBufferPointer { weights in
        let extent = positions.count / count
        switch count {
        case 1:
          for element in 0..<extent { target[element] = line[Int(positions[element])] }
        case 2:
          for element in 0..<extent {
            let tap = 2 &* element
            target[element] =
              weights[tap] * line[Int(positions[tap])] + weights[tap &+ 1] * line[Int(positions[tap &+ 1])]
          }
        default:
          for element in 0..<extent {
            var sum: Float = 0
            for tap in count &* element..<count &* element &+ count {
              sum += weights[tap] * line[Int(positions[tap])]
            }
            target[element] = sum
          }
        }
      }
    }
  }

  /// Writes the target line `row` as a weighted sum of the lines of `plane`, each `width` elements long.
  func blend(_ plane: UnsafePointer<Float>, row: Int, width: Int, to target: UnsafeMutablePointer<Float>) {
    func line(_ tap: Int) -> UnsafePointer<Float> { plane + Int(positions[row * count + tap]) * width }
    switch count {
    case 1:
      target.update(from: line(0), count: width)
    case 2:
      let (upper, lower) = (line(0), line(1))
      let (above, below) = (weights[2 * row], weights[2 * row + 1])
      for x in 0..<width { target[x] = above * upper[x] + below * lower[x] }
    default:
      target.update(repeating: 0, count: width)
      for tap in 0..<count {
        let (weight, source) = (weights[row * count + tap], line(tap))
        for x in 0..<width { target[x] += weight * source[x] }
      }
    }
  }
}
