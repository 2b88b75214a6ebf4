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

  /// The segments in groups that share their images.
  let stages: [Stage]

  /// How long, and for how many images, maps live.
  let uses: MapUses

  /// For root maps that live within a stream the rows that are needed at a time.
  let ringRows: [MapID: Int]

  /// Where masked images differ from one that is masked altogether, in the streams with which the program begins; nil
  /// for programs that begin with images.
  let activeRegions: ActiveRegions?

  let needsInputTensor: Bool

  /// The most images that a thread works on at a time.
  let imagesPerBatch: Int

  /// Whether all threads work on a batch of images together, rather than each on one of its own.
  let sharesBatches: Bool

  /// The maps that stay as they are until a run's frame is given back, by the values that they hold.
  let keptMaps: [ValueID: MapID]

  let frames = FramePool()

  /// Where the tensors of runs take their memory from.
  let allocator: TensorAllocator

  /// - Parameters:
  ///   - kept: values of which the maps are kept.
  ///   - maskedLayer: the layer that is made from masks rather than from images.
  convenience init(
    _ network: CompiledNetwork, fetching wanted: [ValueID], keeping kept: [ValueID] = [], maskedLayer: Int? = nil
  ) {
    let builder = ProgramBuilder(network, fetching: wanted, keeping: kept, maskedLayer: maskedLayer)
    self.init(
      network, fetching: wanted, steps: builder.steps, maps: builder.maps, keptMaps: builder.keptMaps,
      needsInputTensor: builder.needsInputTensor, isMasked: maskedLayer != nil)
  }

  /// A program of steps that are known.
  init(
    _ network: CompiledNetwork, fetching wanted: [ValueID], steps: [ProgramStep], maps table: MapTable,
    keptMaps: [ValueID: MapID] = [:], needsInputTensor: Bool = false, isMasked: Bool = false
  ) {
    self.network = network
    self.wanted = wanted
    self.keptMaps = keptMaps
    self.needsInputTensor = needsInputTensor
    allocator = TensorAllocator(limit: network.session.memoryLimit)
    let maps = table.resolved()
    var segments = Program.segments(of: steps, maps: maps)
    let tensorUses = TensorUses(of: steps, in: network, wanted: wanted)
    imagesPerBatch = min(Program.largestBatch, tensorUses.imagesPerBatch)
    sharesBatches =
      !isMasked && tensorUses.readsManyConstants && network.session.pool.threadCount > 1
    let stages = Stage.stages(of: segments)
    var uses = MapUses(of: maps, in: segments, stages: stages, kept: keptMaps.values.map { maps[$0.index].root })
    var firstStep = 0
    var streamCount = 0
    for index in segments.indices {
      Program.addRuns(
        to: &segments[index], number: index, maps: maps, segmentsOfMap: uses.segmentsOfRoot,
        threads: network.session.pool.threadCount, streamCount: &streamCount)
      for case .stream(let stream, let steps) in segments[index].runs {
        uses.extend(stream, over: firstStep + steps.lowerBound...firstStep + steps.upperBound - 1, maps: maps)
      }
      let steps = firstStep..<firstStep + segments[index].steps.count
      segments[index].lastUses = Array(tensorUses.lastUses[steps])
      firstStep = steps.upperBound
    }
    self.uses = uses
    self.stages = stages
    self.maps = maps
    self.segments = segments
    var ringRows: [MapID: Int] = [:]
    for segment in segments {
      for case .stream(let stream, _) in segment.runs { ringRows.merge(stream.ringRows) { max($0, $1) } }
    }
    self.ringRows = ringRows
    activeRegions = !isMasked ? nil : Program.activeRegions(of: segments, in: stages[0], maps: maps)
  }

  /// Steps on large maps run for one image or a few: what one hands to the next then stays near. On small ones weights
  /// outweigh the maps, and all images share a pass over them.
  private static func segments(of steps: [ProgramStep], maps: [ResolvedMap]) -> [Segment] {
    var segments: [Segment] = []
    for step in steps {
      let imagesPerPass: Int?
      switch step {
      case .maps(let mapStep, _) where mapStep is MaskedStep:
        segments.append(Segment(imagesPerPass: Stage.smallPass, isStreamed: true, steps: [step]))
        continue
      case .maps(let mapStep, _) where segments.last?.isMasked == true && shrinks(mapStep, maps: maps):
        segments[segments.count - 1].steps.append(step)
        continue
      case .maps(let mapStep, _): imagesPerPass = Program.imagesPerPass(mapStep, maps: maps)
      case .fill: imagesPerPass = 1
      case .load, .store, .node, .pointwise: imagesPerPass = nil
      }
      if let last = segments.last, last.imagesPerPass == imagesPerPass, !last.isMasked {
        segments[segments.count - 1].steps.append(step)
      } else {
        segments.append(Segment(imagesPerPass: imagesPerPass, isStreamed: imagesPerPass == 1, steps: [step]))
      }
    }
    return segments
  }

  /// Whether a step hands on no more than it takes and has few weights: such steps follow the masked layer row by row,
  /// so that what several images keep at the end is small.
  private static func shrinks(_ step: any MapStep, maps: [ResolvedMap]) -> Bool {
    func count(_ map: MapID) -> Int { maps[map.index].layout.height * maps[map.index].layout.rowCount }
    return step.rowQuantum == 1 && step.weightCount <= 1 << 14
      && step.inputs.allSatisfy { count(step.output) <= count($0) }
  }

  /// As many images as fill a part of a second-level cache with what a step reads and writes, or as make its weights,
  /// read once for all of them, less than that.
  private static func imagesPerPass(_ step: any MapStep, maps: [ResolvedMap]) -> Int? {
    let mapCount = (step.inputs + [step.output]).reduce(0) { sum, map in
      sum + maps[map.index].layout.height * maps[map.index].layout.rowCount
    }
    let images = max(Program.cachedFloats, 2 * step.weightCount) / max(mapCount, 1)
    switch images {
    case ..<1: return 1
    case 1..<10: return Stage.smallPass
    case 10..<40: return 16
    default: return nil
    }
  }

  /// Floats of maps that are handed on within a second-level cache: half a mebibyte.
  private static let cachedFloats = 1 << 17

  /// Weights of a stream's steps, in floats, that stay in a second-level cache beside its rows.
  private static let streamedWeights = 1 << 17

  /// Divides a segment's steps into runs; those that take one image at a time become streams.
  private static func addRuns(
    to segment: inout Segment, number: Int, maps: [ResolvedMap], segmentsOfMap: [Set<Int>],
    threads: Int, streamCount: inout Int
  ) {
    var run: [any MapStep] = []
    var weightCount = 0
    var firstStep = 0
    let steps = segment.steps
    func readers(_ map: MapID, outside run: [any MapStep]) -> Bool {
      let inside = Set(run.map(\.output))
      return steps.contains { step in
        guard step.maps.contains(where: { maps[$0.index].root == map }) else { return false }
        guard case .maps(let mapStep, _) = step else { return true }
        return !inside.contains(mapStep.output)
          || !run.contains { $0.output == mapStep.output && $0.inputs == mapStep.inputs }
      }
    }
    func close() {
      guard !run.isEmpty else { return }
      let roots = Set(run.flatMap { $0.inputs + [$0.output] }.map { maps[$0.index].root })
      let inner = roots.filter { segmentsOfMap[$0.index] == [number] && !readers($0, outside: run) }
      segment.runs.append(
        .stream(
          RowStream(run, maps: maps, innerRoots: inner, ordinal: streamCount, threads: threads),
          steps: firstStep..<firstStep + run.count))
      streamCount += 1
      run = []
      weightCount = 0
    }
    for (index, step) in steps.enumerated() {
      guard segment.isStreamed, case .maps(let mapStep, _) = step else {
        close()
        segment.runs.append(.step(index))
        continue
      }
      if weightCount + mapStep.weightCount > streamedWeights { close() }
      if run.isEmpty { firstStep = index }
      run.append(mapStep)
      weightCount += mapStep.weightCount
    }
    close()
  }
}

extension Program {
  /// The regions of the streams with which the first stage begins.
  private static func activeRegions(
    of segments: [Segment], in stage: Stage, maps: [ResolvedMap]
  ) -> ActiveRegions? {
    var streams: [RowStream] = []
    var isLeading = true
    var laterReads: Set<MapID> = []
    for (index, segment) in segments.enumerated() {
      for run in segment.runs {
        switch run {
        case .stream(let stream, _) where isLeading && stage.segments.contains(index):
          streams.append(stream)
        case .stream(let stream, _):
          isLeading = false
          laterReads.formUnion(stream.steps.flatMap(\.inputs).map { maps[$0.index].root })
        case .step(let step):
          isLeading = false
          laterReads.formUnion(segment.steps[step].readMaps.map { maps[$0.index].root })
        }
      }
    }
    guard !streams.isEmpty else { return nil }
    return ActiveRegions(streams, maps: maps) { laterReads.contains($0) }
  }
}

extension CompiledNetwork {
  /// What to run to get `values`; the graph's outputs where nil.
  public func program(fetching values: [ValueID]? = nil) -> Program {
    Program(self, fetching: values ?? session.graph.outputs)
  }
}
