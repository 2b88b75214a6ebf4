public import GraphIR
import Kernels
import Tensors

/// What a compiled network does to get some values: layers and plain nodes in order, and where feature maps lie.
///
/// Immutable; may be shared and run from several threads at once.
public final class Program: Sendable {
  public let network: CompiledNetwork

  /// The values that a run gives.
  public let wanted: [ValueID]

  let segments: [Segment]
  let maps: [ResolvedMap]

  /// For each map whether it lives longer than one pass of a segment, and so has a place for each image of a batch.
  let spansBatch: [Bool]

  /// When a root map's memory is first written and last read, as step numbers; nil for maps that lie in others.
  let lifetimes: [ClosedRange<Int>?]

  let needsInputTensor: Bool

  let frames = FramePool()

  /// Where the tensors of runs take their memory from.
  let allocator: TensorAllocator

  init(_ network: CompiledNetwork, fetching wanted: [ValueID]) {
    self.network = network
    self.wanted = wanted
    allocator = TensorAllocator(limit: network.session.memoryLimit)
    let builder = ProgramBuilder(network, fetching: wanted)
    let maps = builder.maps.resolved()
    let segments = Program.segments(of: builder.steps, maps: maps)
    self.maps = maps
    self.segments = segments
    needsInputTensor = builder.needsInputTensor
    (lifetimes, spansBatch) = Program.lifetimes(of: maps, in: segments)
  }

  /// Steps on large maps run image by image, those on middle-sized ones for a few: what one hands to the next then stays
  /// near. On small ones weights outweigh the maps, and all images share a pass over them.
  private static func segments(of steps: [ProgramStep], maps: [ResolvedMap]) -> [Segment] {
    var segments: [Segment] = []
    for step in steps {
      let imagesPerPass: Int?
      switch step {
      case .maps(let mapStep, _): imagesPerPass = Program.imagesPerPass(reading: maps[mapStep.inputs[0].index].layout)
      case .fill(let map): imagesPerPass = Program.imagesPerPass(reading: maps[map.index].layout)
      case .load, .store, .node: imagesPerPass = nil
      }
      if let last = segments.last, last.imagesPerPass == imagesPerPass {
        segments[segments.count - 1].steps.append(step)
      } else {
        segments.append(Segment(imagesPerPass: imagesPerPass, steps: [step]))
      }
    }
    return segments
  }

  private static func imagesPerPass(reading layout: RowLayout) -> Int? {
    switch layout.height * layout.width {
    case 1600...: 1
    case 400..<1600: 4
    default: nil
    }
  }

  private static func lifetimes(
    of maps: [ResolvedMap], in segments: [Segment]
  ) -> (lifetimes: [ClosedRange<Int>?], spansBatch: [Bool]) {
    var lifetimes = [ClosedRange<Int>?](repeating: nil, count: maps.count)
    var segmentsOfMap = [Set<Int>](repeating: [], count: maps.count)
    var number = 0
    var ranges: [ClosedRange<Int>] = []
    for (index, segment) in segments.enumerated() {
      let first = number
      for step in segment.steps {
        for map in step.readMaps + (step.writtenMap.map { [$0] } ?? []) {
          let root = maps[map.index].root.index
          lifetimes[root] = min(lifetimes[root]?.lowerBound ?? number, number)...number
          segmentsOfMap[root].insert(index)
        }
        number += 1
      }
      ranges.append(first...max(first, number - 1))
    }
    var spansBatch = [Bool](repeating: false, count: maps.count)
    for root in maps.indices where lifetimes[root] != nil {
      let used = segmentsOfMap[root].sorted()
      if used.count > 1 || segments[used[0]].imagesPerPass == nil {
        spansBatch[root] = true
      }
      if used.count > 1 {
        // The passes of a segment go round: another pass may still need what this one has read.
        lifetimes[root] = ranges[used.first!].lowerBound...ranges[used.last!].upperBound
      }
    }
    for (index, map) in maps.enumerated() { spansBatch[index] = spansBatch[map.root.index] }
    return (lifetimes, spansBatch)
  }

  /// The images per pass of the segment that a map lives in.
  func capacity(of map: MapID, batch: Int) -> Int {
    if spansBatch[map.index] { return batch }
    let root = maps[map.index].root
    for segment in segments {
      guard let images = segment.imagesPerPass else { continue }
      let isHere = segment.steps.contains { step in
        (step.readMaps + (step.writtenMap.map { [$0] } ?? [])).contains { maps[$0.index].root == root }
      }
      if isHere { return min(images, batch) }
    }
    return batch
  }
}

extension CompiledNetwork {
  /// What to run to get `values`; the graph's outputs where nil.
  public func program(fetching values: [ValueID]? = nil) -> Program {
    Program(self, fetching: values ?? session.graph.outputs)
  }
}
