/// Segments that run one after the other for some images before the first of them takes the next images.
struct Stage: Sendable {
  /// nil is the whole batch.
  let imagesPerPass: Int?
  let segments: Range<Int>

  /// Segments that take few images at a time share a stage: then what one hands to the next is never more than that.
  static func stages(of segments: [Segment]) -> [Stage] {
    var stages: [Stage] = []
    for (index, segment) in segments.enumerated() {
      let isSmall = segment.imagesPerPass.map { $0 <= smallPass } ?? false
      if isSmall, let last = stages.last, last.imagesPerPass != nil {
        stages[stages.count - 1] = Stage(imagesPerPass: smallPass, segments: last.segments.lowerBound..<index + 1)
      } else {
        stages.append(Stage(imagesPerPass: isSmall ? smallPass : nil, segments: index..<index + 1))
      }
    }
    return stages
  }

  /// The images that such segments take at a time, masked ones too: they share a pass over the weights, or over what the
  /// nodes of their masks contribute.
  static let smallPass = 4
}

/// When the feature maps of a program are first written and last read, and how many images they hold at a time.
struct MapUses: Sendable {
  /// For each root map the steps from its first use to its last, other steps that may come in between counted in; nil
  /// for maps that lie in others.
  private(set) var lifetimes: [ClosedRange<Int>?]

  /// For each map how many images it holds at a time; nil for a whole batch.
  let images: [Int?]

  /// For each root map the segments that use it.
  let segmentsOfRoot: [Set<Int>]

  /// - Parameter kept: root maps that are read after the last step.
  init(of maps: [ResolvedMap], in segments: [Segment], stages: [Stage], kept: [MapID]) {
    var lifetimes = [ClosedRange<Int>?](repeating: nil, count: maps.count)
    var segmentsOfRoot = [Set<Int>](repeating: [], count: maps.count)
    var step = 0
    var steps: [ClosedRange<Int>] = []
    for (index, segment) in segments.enumerated() {
      let first = step
      for programStep in segment.steps {
        for map in programStep.maps {
          let root = maps[map.index].root.index
          lifetimes[root] = (lifetimes[root]?.lowerBound ?? step)...step
          segmentsOfRoot[root].insert(index)
        }
        step += 1
      }
      steps.append(first...max(first, step - 1))
    }
    var images = [Int?](repeating: nil, count: maps.count)
    for root in maps.indices where lifetimes[root] != nil {
      let (first, last) = (segmentsOfRoot[root].min()!, segmentsOfRoot[root].max()!)
      if first == last {
        images[root] = segments[first].imagesPerPass
        continue
      }
      // What goes round, another pass of a segment or of a stage, may still need what this one has read.
      let firstStage = stages.first { $0.segments.contains(first) }!
      let lastStage = stages.first { $0.segments.contains(last) }!
      if firstStage.segments == lastStage.segments {
        images[root] = firstStage.imagesPerPass
        lifetimes[root] = steps[first].lowerBound...steps[last].upperBound
      } else {
        lifetimes[root] =
          steps[firstStage.segments.lowerBound].lowerBound...steps[lastStage.segments.upperBound - 1].upperBound
      }
    }
    for root in kept {
      guard let lifetime = lifetimes[root.index] else { continue }
      images[root.index] = nil
      lifetimes[root.index] = lifetime.lowerBound...step
      segmentsOfRoot[root.index].insert(segments.count)
    }
    self.images = maps.map { images[$0.root.index] }
    self.lifetimes = lifetimes
    self.segmentsOfRoot = segmentsOfRoot
  }

  /// The steps of a stream take turns: all that they touch lives as long as the stream.
  mutating func extend(_ stream: RowStream, over steps: ClosedRange<Int>, maps: [ResolvedMap]) {
    for map in stream.steps.flatMap({ $0.inputs + [$0.output] }) {
      let root = maps[map.index].root.index
      guard let lifetime = lifetimes[root] else { continue }
      lifetimes[root] =
        min(lifetime.lowerBound, steps.lowerBound)...max(lifetime.upperBound, steps.upperBound)
    }
  }
}
