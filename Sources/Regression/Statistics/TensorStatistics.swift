import Foundation
public import Tensors

/// The numbers in a tensor at a glance. NaNs and infinities are counted and left out of the rest.
public struct TensorStatistics: Sendable, Hashable, Codable {
  public let shape: [Int]
  /// The element type's name.
  public let type: String
  /// The smallest finite element; nil where there is none.
  public private(set) var minimum: Double?
  public private(set) var maximum: Double?
  /// The mean of the finite elements; nil where there is none.
  public private(set) var mean: Double?
  /// √(mean (x − mean)²) of the finite elements; nil where there is none.
  public private(set) var standardDeviation: Double?
  public private(set) var nans = 0
  public private(set) var infinities = 0

  /// - Complexity: linear, in one pass.
  /// - Source: mean and variance by Welford's recurrence, which does not cancel.
  public init(of tensor: Tensor) {
    shape = tensor.shape.dimensions
    type = tensor.elementType.name
    var (low, high, mean, squares, count) = (Double.infinity, -Double.infinity, 0.0, 0.0, 0.0)
    var (nans, infinities) = (0, 0)
    tensor.forEachNumber { number in
      guard number.isFinite else {
        if number.isNaN { nans += 1 } else { infinities += 1 }
        return
      }
      low = min(low, number)
      high = max(high, number)
      count += 1
      let distance = number - mean
      mean += distance / count
      squares += distance * (number - mean)
    }
    self.nans = nans
    self.infinities = infinities
    guard count > 0 else { return }
    minimum = low
    maximum = high
    // Sums of float64 numbers may overflow, which JSON could not hold.
    self.mean = mean.isFinite ? mean : nil
    standardDeviation = squares.isFinite ? (squares / count).squareRoot() : nil
  }

  /// Whether no element is NaN or infinite.
  public var isFinite: Bool { nans + infinities == 0 }
}

extension TensorStatistics {
  /// Type, shape and numbers in one line.
  public var text: String {
    func number(_ value: Double?) -> String { value.map { String(format: "%.6g", $0) } ?? "–" }
    return "\(type) \(shape.map(String.init).joined(separator: "×")), \(number(minimum)) … \(number(maximum)), mean "
      + "\(number(mean)), standard deviation \(number(standardDeviation)), \(nans) NaN, \(infinities) infinite"
  }
}
