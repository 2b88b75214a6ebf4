/// The files of one class's explanation, as paths; nil for those that there are none of.
public struct ExplanationFiles: Encodable, Sendable {
  public var map: String?
  public var heatmap: String?
  public var overlay: String?
  public var scores: String?
  public var manifest: String
  public var montage: [String]?
  /// The page on all classes of the picture.
  public var report: String?

  public init(
    map: String? = nil, heatmap: String? = nil, overlay: String? = nil, scores: String? = nil, manifest: String,
    montage: [String]? = nil, report: String? = nil
  ) {
    self.map = map
    self.heatmap = heatmap
    self.overlay = overlay
    self.scores = scores
    self.manifest = manifest
    self.montage = montage
    self.report = report
  }
}
