import Kernels
import Testing

/// Numbers in -1 ..< 1 that are the same in each run.
func numbers(_ count: Int, seed: UInt64 = 1) -> [Float] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 40) - 0x80_0000) / 0x80_0000
  }
}

/// A sum of products in double precision, with what bounds the error of the same sum in single precision.
struct ReferenceSum {
  var value = 0.0
  /// The sum of the products' magnitudes.
  private(set) var magnitude = 0.0
  private var terms = 0

  mutating func add(_ a: Float, _ b: Float) {
    value += Double(a) * Double(b)
    magnitude += abs(Double(a) * Double(b))
    terms += 1
  }

  /// Whether `result` is as near as any order of rounded multiply-adds brings it.
  ///
  /// - Source: N. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1: |error| ≤ γₙ Σ |a b|
  ///   with γₙ ≈ n u. A multiply and an add that round each on its own are two roundings a term.
  func admits(_ result: Float) -> Bool {
    abs(Double(result) - value) <= Double(2 * terms + 1) * 0x1p-24 * magnitude
  }
}

/// A convolution by its definition.
func referenceConvolution(
  _ geometry: Convolution2D, _ input: [Float], _ weights: [Float], _ bias: [Float]?
) -> [ReferenceSum] {
  let window = geometry.window
  let (perGroup, outputPerGroup) = (geometry.inputChannels / geometry.groups, geometry.outputChannels / geometry.groups)
  var result: [ReferenceSum] = []
  for image in 0..<geometry.batch {
    for channel in 0..<geometry.outputChannels {
      for y in 0..<window.output.height {
        for x in 0..<window.output.width {
          var sum = ReferenceSum()
          if let bias { sum.add(bias[channel], 1) }
          for c in 0..<perGroup {
            let plane = image * geometry.inputChannels + channel / outputPerGroup * perGroup + c
            for (ky, kx) in window.places {
              let fromY = y * window.strides.height + ky * window.dilations.height - window.pads.top
              let fromX = x * window.strides.width + kx * window.dilations.width - window.pads.left
              guard (0..<window.input.height).contains(fromY), (0..<window.input.width).contains(fromX) else {
                continue
              }
              sum.add(
                input[plane * window.input.count + fromY * window.input.width + fromX],
                weights[(channel * perGroup + c) * window.kernel.count + ky * window.kernel.width + kx])
            }
          }
          result.append(sum)
        }
      }
    }
  }
  return result
}

extension Window2D {
  /// The window's places as (row, column), row by row.
  var places: [(Int, Int)] {
    (0..<kernel.height).flatMap { row in (0..<kernel.width).map { (row, $0) } }
  }
}

/// Floats at an address of their own, without any room behind them, so that a sanitizer sees what reads or writes beyond.
final class Floats {
  let count: Int
  let start: UnsafeMutablePointer<Float>

  init(_ elements: [Float]) {
    count = elements.count
    start = .allocate(capacity: count)
    start.initialize(from: elements, count: count)
  }

  /// `count` elements that are NaN until they are written.
  convenience init(count: Int) { self.init([Float](repeating: .nan, count: count)) }

  deinit { start.deallocate() }

  var elements: [Float] { Array(UnsafeBufferPointer(start: start, count: count)) }

  subscript(index: Int) -> Float { start[index] }
}

extension [Float] {
  /// The elements' bits, for comparisons that tell all values apart.
  var bits: [UInt32] { map(\.bitPattern) }

  /// Whether no element is a number.
  var areAllNaN: Bool { allSatisfy { $0.isNaN } }
}
