public import GraphIR
import Kernels
import Operators
public import Tensors

extension Program {
  /// More would not pay for the memory that their maps take.
  static let largestBatch = 32

  /// Fewer would not pay for a pass over the weights.
  private static let smallestBatch = 8

  /// Runs the program on images of which each is written by `fill` when its turn comes.
  ///
  /// Several images are shared out among the threads, unless these had better share the weights; a single image is worked
  /// on by all of them.
  ///
  /// - Parameters:
  ///   - count: how many images.
  ///   - imagesPerThread: how many images a thread takes at a time at most: 1 where the graph takes no batches.
  ///   - profile: takes the time of each step.
  ///   - progress: called with the images done, from any thread, one call at a time.
  ///   - fill: writes image `index` of `0..<count`, as many elements as the network's image shape has. Called once for
  ///     each image, from any thread.
  /// - Returns: the wanted values, the images' one after the other along the first axis.
  /// - Throws: `ExecutionError` that names the node.
  public func run(
    images count: Int, imagesPerThread: Int = .max, profile: ProgramProfile? = nil,
    progress: (@Sendable (_ done: Int) -> Void)? = nil,
    fill: @escaping @Sendable (_ index: Int, _ image: UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws -> [ValueID: Tensor] {
    try run(images: count, imagesPerThread: imagesPerThread, progress: progress) { batch, isShared in
      try run(batch: batch, isShared: isShared, masked: nil, profile: profile, fill: fill)
    }
  }

  /// Runs a program for masked images.
  ///
  /// - Parameter imagesPerThread: as for images that are given.
  /// - Returns: the wanted values, one mask's behind the other's along the first axis.
  /// - Precondition: the program is from `masked()` of the one that `masked`'s basis is from.
  public func run(
    _ masked: MaskedImages, imagesPerThread: Int = .max, profile: ProgramProfile? = nil,
    progress: (@Sendable (_ done: Int) -> Void)? = nil
  ) throws -> [ValueID: Tensor] {
    try run(masked, imagesPerThread: imagesPerThread, profile: profile, progress: progress, makesAll: false)
  }

  /// - Parameter makesAll: whether also what is as under a mask of zeros is made for each image.
  func run(
    _ masked: MaskedImages, imagesPerThread: Int = .max, profile: ProgramProfile? = nil,
    progress: (@Sendable (_ done: Int) -> Void)? = nil, makesAll: Bool
  ) throws -> [ValueID: Tensor] {
    let hidden = makesAll ? nil : try activeRegions.map { try HiddenRun(self, masked, regions: $0) }
    return try run(images: masked.count, imagesPerThread: imagesPerThread, progress: progress) { batch, isShared in
      try run(batch: batch, isShared: isShared, masked: masked, hidden: hidden, profile: profile) { _, _ in
        preconditionFailure("a program for masks asks for no image")
      }
    }
  }

  /// Shares images out among threads.
  private func run(
    images count: Int, imagesPerThread: Int, progress: (@Sendable (_ done: Int) -> Void)?,
    _ run: @Sendable (_ batch: Range<Int>, _ isShared: Bool) throws -> [ValueID: Tensor]
  ) throws -> [ValueID: Tensor] {
    precondition(count > 0 && imagesPerThread > 0)
    let pool = network.session.pool
    if count < pool.threadCount || count == 1 {
      return try joined((0..<count).map { try run($0..<$0 + 1, true) })
    }
    let limit = min(imagesPerThread, imagesPerBatch)
    network.prepareForBatches()
    let isShared = sharesBatches && limit > 1
    let batches =
      isShared
      ? (0..<count).split(into: (count + limit - 1) / limit)
      : Program.batches(of: count, threads: pool.threadCount, limit: limit)
    let results = ResultList(count: batches.count)
    @Sendable func perform(_ index: Int) {
      guard !results.hasFailed else { return }
      results.set(
        index, Result { try run(batches[index], isShared) }, images: batches[index].count, progress: progress)
    }
    if isShared {
      for index in batches.indices { perform(index) }
    } else {
      pool.forEach(batches.count, perform)
    }
    return try joined(results.get())
  }

  /// Shares of the images: large ones first, smaller ones at the end, so that all threads end at about the same time.
  static func batches(of count: Int, threads: Int, limit: Int) -> [Range<Int>] {
    var batches: [Range<Int>] = []
    var first = 0
    while first < count {
      let rest = count - first
      let size = min(rest, limit, max(rest / (2 * threads), min(Self.smallestBatch, (rest + threads - 1) / threads)))
      batches.append(first..<first + size)
      first += size
    }
    return batches
  }

  /// Runs the program on a tensor of images.
  ///
  /// - Parameter images: float32, N×(the rest of the network's image shape).
  public func run(_ images: Tensor, imagesPerThread: Int = .max) throws -> [ValueID: Tensor] {
    guard images.elementType == .float32, images.shape.rank == network.imageShape.rank, images.shape[0] > 0,
      images.shape.dimensions.dropFirst() == network.imageShape.dimensions.dropFirst()
    else {
      throw ExecutionError(
        .mismatched,
        "input '\(network.session.graph.name(of: network.input))' has shape \(images.shape); "
          + "\(network.imageShape) is expected")
    }
    return try run(images: images.shape[0], imagesPerThread: imagesPerThread) { images.copyImage($0, to: $1) }
  }

  /// Runs the program on a tensor of images, all of them in one batch.
  func runTogether(_ images: Tensor) throws -> [ValueID: Tensor] {
    try run(batch: 0..<images.shape[0], isShared: true, masked: nil) { images.copyImage($0, to: $1) }
  }

  private func joined(_ parts: [[ValueID: Tensor]]) throws -> [ValueID: Tensor] {
    guard parts.count > 1 else { return parts[0] }
    var result: [ValueID: Tensor] = [:]
    for value in wanted {
      // Constants are the same in all parts.
      result[value] = try network.session.constants[value] ?? Tensor.stacked(parts.map { $0[value]! })
    }
    return result
  }

  /// - Parameter isShared: whether all threads work on each step; else the caller is one of them.
  private func run(
    batch: Range<Int>, isShared: Bool, masked: MaskedImages?, hidden: HiddenRun? = nil,
    profile: ProgramProfile? = nil,
    fill: @escaping @Sendable (Int, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws -> [ValueID: Tensor] {
    let frame = try frames.take(self, images: batch.count, hasRings: !isShared)
    defer { frames.giveBack(frame) }
    frame.masked = masked
    frame.firstImage = batch.lowerBound
    return try run(batch: batch, in: frame, isShared: isShared, hidden: hidden, profile: profile, fill: fill)
  }

  /// The same in a frame of the caller's.
  func run(
    batch: Range<Int>, in frame: Frame, isShared: Bool, hidden: HiddenRun? = nil, profile: ProgramProfile? = nil,
    fill: @escaping @Sendable (Int, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws -> [ValueID: Tensor] {
    let session = network.session
    let context = session.makeContext(allocator: allocator)
    if needsInputTensor {
      let shape = try Shape([batch.count] + network.imageShape.dimensions.dropFirst())
      let input = try Tensor(shape, of: Float.self, allocator: allocator) { elements in
        let size = network.imageShape.count
        for image in 0..<batch.count {
          try fill(
            batch.lowerBound + image, UnsafeMutableBufferPointer(rebasing: elements[image * size..<(image + 1) * size]))
        }
      }
      frame.values[network.input] = .tensor(input)
    }
    var clock = StepClock(profile: profile, threads: isShared ? session.pool.threadCount : 1)
    var pass = Pass(
      frame: frame, context: context, isShared: isShared, hidden: isShared ? nil : hidden,
      fill: { image, elements in try fill(batch.lowerBound + image, elements) })
    for stage in stages {
      let imagesPerStage = stage.imagesPerPass ?? batch.count
      for first in stride(from: 0, to: batch.count, by: imagesPerStage) {
        let images = first..<min(first + imagesPerStage, batch.count)
        var stageClock = clock
        pass.plans = stage.segments.lowerBound == 0 ? pass.hidden?.plans(for: images, in: frame) : nil
        for segment in segments[stage.segments] {
          try run(segment, images: images, pass, clock: stageClock)
          stageClock = stageClock.advanced(by: segment.steps.count)
        }
      }
      clock = clock.advanced(by: segments[stage.segments].reduce(0) { $0 + $1.steps.count })
    }
    var result: [ValueID: Tensor] = [:]
    for value in wanted {
      result[value] = try session.constants[value] ?? session.graph.tensor(frame.values[value], of: value)
    }
    return result
  }

  /// What steps work with during a run.
  private struct Pass {
    let frame: Frame
    let context: EvaluationContext
    /// Whether all threads work on each step.
    let isShared: Bool
    /// The run of a mask of zeros, and for each image of the stage's what is to be made; nil where everything is.
    let hidden: HiddenRun?
    var plans: [ActiveRegions.Plan]?
    let fill: (_ image: Int, UnsafeMutableBufferPointer<Float>) throws -> Void
  }

  private func run(_ segment: Segment, images: Range<Int>, _ pass: Pass, clock: StepClock) throws {
    let imagesPerPass = segment.imagesPerPass ?? max(images.count, 1)
    for first in stride(from: images.lowerBound, to: images.upperBound, by: imagesPerPass) {
      let images = first..<min(first + imagesPerPass, images.upperBound)
      for run in segment.runs {
        switch run {
        case .stream(let stream, let steps) where pass.plans != nil && pass.hidden!.covers(stream):
          pass.hidden!.run(
            stream, images: images, plans: pass.plans!, in: pass.frame, clock: clock.advanced(by: steps.lowerBound))
        case .stream(let stream, let steps) where !pass.isShared:
          stream.run(images: images, in: pass.frame, clock: clock.advanced(by: steps.lowerBound))
        case .stream(let stream, let steps):
          share(stream, images: images, in: pass.frame, clock: clock.advanced(by: steps.lowerBound))
        case .step(let index):
          try clock.time(index) { try perform(segment.steps[index], images: images, pass) }
          for value in segment.lastUses[index] { pass.frame.values[value] = nil }
        }
      }
    }
  }

  private func perform(_ step: ProgramStep, images: Range<Int>, _ pass: Pass) throws {
    let frame = pass.frame
    switch step {
    case .maps(let mapStep, _):
      if pass.isShared {
        share(mapStep, images: images, in: frame)
      } else {
        runAlone(mapStep, images: images, in: frame)
      }
    case .fill(let map):
      for image in images {
        try pass.fill(image, frame.image.elements)
        frame.map(map, image).load(frame.image.start, pool: network.session.pool)
      }
    case .load(let value, let map): try load(value, to: map, images: images, in: frame)
    case .store(let map, let value): frame.values[value] = .tensor(try store(map, of: value, images: images, in: frame))
    case .node(let index): try runNode(index, in: frame, context: pass.context)
    case .pointwise(let index): try run(network.pointwiseGroups[index], in: frame, context: pass.context)
    }
  }

  private func runAlone(_ step: any MapStep, images: Range<Int>, in frame: Frame) {
    step.run(images: images, rows: 0..<frame.layout(of: step.output).height, parts: 0..<step.partCount, in: frame)
  }

  /// All threads work on one step: on bands of rows where there are enough, else on parts of the channels, and on
  /// halves of these where few are left for each thread.
  func share(_ step: any MapStep, images: Range<Int>, in frame: Frame) {
    let threads = network.session.pool.threadCount
    let height = frame.layout(of: step.output).height
    let quanta = (height + step.rowQuantum - 1) / step.rowQuantum
    let (parts, wanted) = (0..<step.partCount, 2 * threads)
    if quanta >= 2 * wanted || step.partCount < threads {
      let bands = (0..<quanta).split(into: wanted)
        .map { $0.lowerBound * step.rowQuantum..<min(height, $0.upperBound * step.rowQuantum) }
      share(step, images: images, rows: bands, parts: [parts], in: frame)
    } else if step.partCount < 2 * wanted, step.rowQuantum == 1 {
      share(step, images: images, rows: (0..<height).split(into: 2), parts: parts.map { $0..<$0 + 1 }, in: frame)
    } else {
      share(step, images: images, rows: [0..<height], parts: parts.split(into: wanted), in: frame)
    }
  }

  /// Threads take pieces of a step: one band of rows of one share of the parts.
  private func share(
    _ step: any MapStep, images: Range<Int>, rows: [Range<Int>], parts: [Range<Int>], in frame: Frame
  ) {
    network.session.pool.forEach(rows.count * parts.count) { piece in
      step.run(images: images, rows: rows[piece % rows.count], parts: parts[piece / rows.count], in: frame)
    }
  }

  /// All threads work on a stream: each on a band of all its steps, then together on what lies between the bands.
  private func share(_ stream: RowStream, images: Range<Int>, in frame: Frame, clock: StepClock) {
    let bandClock = clock.ofOneThread
    for leg in stream.legs {
      network.session.pool.forEach(leg.bands.count) { band in
        for call in leg.bands[band] {
          let step = stream.steps[call.step]
          bandClock.time(call.step) {
            step.run(images: images, rows: call.rows, parts: 0..<step.partCount, in: frame)
          }
        }
      }
      for call in leg.rest {
        clock.time(call.step) {
          let step = stream.steps[call.step]
          let parts = (0..<step.partCount).split(into: 2 * network.session.pool.threadCount)
          share(step, images: images, rows: [call.rows], parts: parts, in: frame)
        }
      }
    }
  }

  private func load(_ value: ValueID, to map: MapID, images: Range<Int>, in frame: Frame) throws {
    let tensor = try network.session.graph.tensor(frame.values[value], of: value)
    let expected = network.known[value]!.shape
    guard tensor.elementType == .float32, tensor.shape.rank == expected.rank, tensor.shape[0] == images.count,
      tensor.shape.dimensions.dropFirst() == expected.dimensions.dropFirst()
    else {
      throw ExecutionError(
        .mismatched,
        "value '\(network.session.graph.name(of: value))' has shape \(tensor.shape) in a batch of \(images.count), "
          + "and \(expected) for one image")
    }
    let size = expected.count
    tensor.withElements(of: Float.self) { elements in
      for image in images {
        let map = frame.map(map, image)
        map.load(elements.baseAddress! + image * size, rows: 0..<map.layout.height)
      }
    }
  }

  private func store(_ map: MapID, of value: ValueID, images: Range<Int>, in frame: Frame) throws -> Tensor {
    let expected = network.known[value]!.shape
    let shape = try Shape([images.count] + expected.dimensions.dropFirst())
    return try Tensor(shape, of: Float.self, allocator: allocator) { elements in
      for image in images {
        let map = frame.map(map, image)
        map.store(to: elements.baseAddress! + image * expected.count, rows: 0..<map.layout.height)
      }
    }
  }

  func runNode(_ index: Int, in frame: Frame, context: EvaluationContext) throws {
    let session = network.session
    let node = session.graph.nodes[index]
    let outputs = try Session.evaluate(
      node, try session.preparedOperator(index), in: session.graph, context: context
    ) { value in
      frame.values[value] ?? session.constants[value].map { .tensor($0) }
    }
    for (value, made) in zip(node.outputs, outputs) {
      if let value { frame.values[value] = made }
    }
  }
}

/// The results of batches that run at the same time.
private final class ResultList: @unchecked Sendable {
  private var results: [Result<[ValueID: Tensor], any Error>?]
  private var failed = false
  private var done = 0
  private let lock = SystemLock()

  init(count: Int) { results = .init(repeating: nil, count: count) }

  /// Whether some batch has failed already.
  var hasFailed: Bool { lock.withLock { failed } }

  func set(
    _ index: Int, _ result: Result<[ValueID: Tensor], any Error>, images: Int, progress: (@Sendable (Int) -> Void)?
  ) {
    lock.withLock {
      results[index] = result
      guard case .success = result else {
        failed = true
        return
      }
      done += images
      progress?(done)
    }
  }

  /// The results, or the failure of the first batch that failed.
  func get() throws -> [[ValueID: Tensor]] {
    let results = lock.withLock { self.results }
    for case .failure(let error)? in results { throw error }
    return try results.map { try $0!.get() }
  }
}

extension Range<Int> {
  /// At most `count` ranges, one behind the other and about as long as each other; none of them is empty.
  fileprivate func split(into count: Int) -> [Range<Int>] {
    let pieces = Swift.min(count, self.count)
    return (0..<pieces).map {
      lowerBound + self.count * $0 / pieces..<lowerBound + self.count * ($0 + 1) / pieces
    }
  }
}

extension Tensor {
  /// Copies the float32 image of an index, `image.count` elements.
  func copyImage(_ index: Int, to image: UnsafeMutableBufferPointer<Float>) {
    withElements(of: Float.self) { elements in
      _ = image.update(fromContentsOf: elements[index * image.count..<(index + 1) * image.count])
    }
  }
}
