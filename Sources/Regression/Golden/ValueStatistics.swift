import GraphIR
import Reporting
import Tensors

/// What is kept of a value that a node makes: enough to see where another run goes another way.
public struct ValueStatistics: Codable, Sendable, Hashable {
  /// The node that makes it: its name, or else its operator and first output.
  public let node: String
  public let `operator`: String
  public let value: String
  public let type: String
  public let shape: [Int]
  /// Of the finite elements; nil where there is none.
  public let minimum: Double?
  public let maximum: Double?
  public let mean: Double?
  /// √(Σ(x − mean)² / n), of the finite elements.
  public let standardDeviation: Double?
  public let nans: Int
  public let infinities: Int
  /// The SHA-256 of the elements' bits, little-endian and row-major; nil for strings.
  public let sha256: String?

  /// - Complexity: two passes over the elements.
  init(of tensor: Tensor, value: String, node: Node, in graph: Graph) {
    self.node = graph.label(of: node)
    `operator` = node.operatorName
    self.value = value
    type = tensor.elementType.name
    shape = tensor.shape.dimensions
    var (count, nans, infinities) = (0, 0, 0)
    var (sum, low, high) = (0.0, Double.infinity, -Double.infinity)
    tensor.forEachNumber { number in
      guard number.isFinite else {
        if number.isNaN { nans += 1 } else { infinities += 1 }
        return
      }
      count += 1
      sum += number
      low = min(low, number)
      high = max(high, number)
    }
    let mean = sum / Double(max(count, 1))
    var squares = 0.0
    tensor.forEachNumber { if $0.isFinite { squares += ($0 - mean) * ($0 - mean) } }
    let deviation = (squares / Double(max(count, 1))).squareRoot()
    // Sums of float64 elements may overflow.
    let isKnown = count > 0 && mean.isFinite && deviation.isFinite
    minimum = count > 0 ? low : nil
    maximum = count > 0 ? high : nil
    self.mean = isKnown ? mean : nil
    standardDeviation = isKnown ? deviation : nil
    self.nans = nans
    self.infinities = infinities
    if tensor.elementType == .string {
      sha256 = nil
    } else {
      var hash = SHA256()
      tensor.withUnsafeBytes { hash.update($0) }
      sha256 = hash.finish()
    }
  }

  /// What is different from a reference beyond a tolerance, as a clause; nil where nothing is. A tolerance holds for each
  /// element, and so for the least and largest of them and for means of them too.
  func difference(from reference: ValueStatistics, tolerance: ValueTolerance) -> String? {
    guard type == reference.type else { return "is of \(type) instead of \(reference.type)" }
    guard shape == reference.shape else {
      func text(_ shape: [Int]) -> String { "[\(shape.map(String.init).joined(separator: "×"))]" }
      return "has shape \(text(shape)) instead of \(text(reference.shape))"
    }
    if sha256 == reference.sha256 { return nil }
    if tolerance.requiresSameBits { return "has other bits" }
    guard nans == reference.nans, infinities == reference.infinities else {
      return "has \(nans) NaNs and \(infinities) infinities instead of \(reference.nans) and \(reference.infinities)"
    }
    let largest = max((reference.minimum ?? 0).magnitude, (reference.maximum ?? 0).magnitude)
    let pairs = [
      ("mean", mean, reference.mean), ("standard deviation", standardDeviation, reference.standardDeviation),
      ("minimum", minimum, reference.minimum), ("maximum", maximum, reference.maximum),
    ]
    for case (let name, let value?, let expected?) in pairs
    where (value - expected).magnitude > tolerance.allowedError(at: expected, largest: largest) {
      return "has the \(name) \(value) instead of \(expected)"
    }
    return nil
  }
}
