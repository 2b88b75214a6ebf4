import GraphIR
import Reporting
import Tensors

/// What is kept of a value that a node makes: enough to see where another run goes another way.
public struct ValueStatistics: Sendable, Hashable {
  /// The node that makes it: its name, or else its operator and first output.
  public let node: String
  public let `operator`: String
  public let value: String
  public let statistics: TensorStatistics
  /// The SHA-256 of the elements' bits, little-endian and row-major; nil for strings.
  public let sha256: String?
  /// How many means along the second axis were taken, of which there are files of their own; 0 where none were.
  public let channels: Int

  init(of tensor: Tensor, value: String, node: Node, in graph: Graph) {
    self.node = graph.label(of: node)
    `operator` = node.operatorName
    self.value = value
    statistics = TensorStatistics(of: tensor)
    channels = ChannelMeans.count(of: tensor)
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
    let (own, other) = (statistics, reference.statistics)
    guard own.type == other.type else { return "is of \(own.type) instead of \(other.type)" }
    guard own.shape == other.shape else {
      func text(_ shape: [Int]) -> String { "[\(shape.map(String.init).joined(separator: "×"))]" }
      return "has shape \(text(own.shape)) instead of \(text(other.shape))"
    }
    if sha256 == reference.sha256 { return nil }
    if tolerance.requiresSameBits { return "has other bits" }
    guard own.nans == other.nans, own.infinities == other.infinities else {
      return "has \(own.nans) NaNs and \(own.infinities) infinities instead of \(other.nans) and \(other.infinities)"
    }
    let largest = max((other.minimum ?? 0).magnitude, (other.maximum ?? 0).magnitude)
    let pairs = [
      ("mean", own.mean, other.mean), ("standard deviation", own.standardDeviation, other.standardDeviation),
      ("minimum", own.minimum, other.minimum), ("maximum", own.maximum, other.maximum),
    ]
    for case (let name, let value?, let expected?) in pairs
    where (value - expected).magnitude > tolerance.allowedError(at: expected, largest: largest) {
      return "has the \(name) \(value) instead of \(expected)"
    }
    return nil
  }
}

extension ValueStatistics: Codable {
  private enum CodingKeys: String, CodingKey {
    case node, `operator`, value, sha256, channels
  }

  /// The statistics' own keys stand beside the others.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    node = try container.decode(String.self, forKey: .node)
    `operator` = try container.decode(String.self, forKey: .operator)
    value = try container.decode(String.self, forKey: .value)
    sha256 = try container.decodeIfPresent(String.self, forKey: .sha256)
    channels = try container.decodeIfPresent(Int.self, forKey: .channels) ?? 0
    statistics = try TensorStatistics(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(node, forKey: .node)
    try container.encode(`operator`, forKey: .operator)
    try container.encode(value, forKey: .value)
    try container.encodeIfPresent(sha256, forKey: .sha256)
    if channels > 0 { try container.encode(channels, forKey: .channels) }
    try statistics.encode(to: encoder)
  }
}
