public import OnnxFormat

/// What one case may take before it counts as failed.
public struct ConformanceLimits: Sendable, Hashable {
  /// Seconds from the start of reading to the last comparison.
  public var seconds: Double

  /// The most bytes that the tensors of a run may take, weights apart.
  public var memoryBytes: Int

  /// What the case's files may ask for.
  public var files: Limits

  public init(seconds: Double = 300, memoryBytes: Int = 4 << 30, files: Limits = .default) {
    self.seconds = seconds
    self.memoryBytes = memoryBytes
    self.files = files
  }
}
