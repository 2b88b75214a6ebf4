/// Whether a map's largest value lies in a box of the class, and which share of the map does.
///
/// - Source: Zhang et al., "Top-down Neural Attention by Excitation Backprop", IJCV 2018, section 4.2; Wang et al.,
///   "Score-CAM", 2020, section 4.3, for the energy.
public struct PointingGame: Measure {
  /// How far the largest value may lie outside of a box, in pixels of the network's input.
  public let margin: Double

  /// - Precondition: `margin` ≥ 0.
  public init(margin: Double = 0) {
    precondition(margin >= 0)
    self.margin = margin
  }

  public var metrics: [Metric] { [.pointingGame, .energyPointingGame] }

  public var protocolText: String {
    """
    boxes of the class carried over to the network's input and cut at its borders; a pixel is inside where its centre \
    is; the first of equal maxima in row-major order\(margin > 0 ? ", up to \(margin) pixels outside" : ""); energy is \
    the sum of positive values inside over that of all, 0 for a map without positive values
    """
  }

  public func values(of subject: MetricSubject, probabilities: [Double]) -> [Metric: MetricValue] {
    guard !subject.boxes.isEmpty else { return [:] }
    let (map, peak) = (subject.map, subject.map.peak)
    let hits = subject.boxes.contains { $0.contains(column: peak.x, row: peak.y, margin: margin) }
    let share = map.positiveShare { column, row in
      subject.boxes.contains { $0.contains(column: column, row: row) }
    }
    return [.pointingGame: MetricValue(hits ? 100 : 0), .energyPointingGame: MetricValue(share)]
  }
}
