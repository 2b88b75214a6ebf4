import Foundation
import OnnxLens

/// Measures one model.
struct BenchmarkJob {
  let options: BenchOptions
  let common: CommonOptions

  private let graph: Graph
  private let input: ImageInput
  private let shape: Shape
  private let readSeconds: Double

  /// Reads the model.
  init(_ options: BenchOptions, _ common: CommonOptions) throws {
    self.options = options
    self.common = common
    let (model, readSeconds) = try timed { try common.readModel(options.model) }
    self.readSeconds = readSeconds
    graph = model.graph
    input = try ImageInput(of: graph)
    shape = try BenchmarkJob.shape(asked: options.inputShape, input)
  }

  /// The shape that is asked for, where it is one that the model takes; else what the model declares.
  private static func shape(asked: ImageShape?, _ input: ImageInput) throws -> Shape {
    guard let asked else {
      return try input.shape(height: Preprocessing.defaultSide, width: Preprocessing.defaultSide)
    }
    guard zip(input.extents, asked.extents).allSatisfy({ $0 == nil || $0 == $1 }) else {
      let declared = input.extents.map { $0.map(String.init) ?? "?" }.joined(separator: "×")
      throw Failure(
        .mismatched,
        "--input-shape \(asked.extents.map(String.init).joined(separator: "×")): the model takes \(declared)")
    }
    return try Shape(asked.extents)
  }

  func run() throws -> BenchmarkReport {
    let image = try options.image.map(readImage)
    let pool = common.makePool()
    var report = try measureNetwork(on: pool)
    if options.wants(.throughput) {
      let others = Set(threadCounts(pool)).subtracting([pool.threadCount]).sorted()
      for count in others { report.throughput! += try throughput(of: network(on: ThreadPool(threadCount: count))) }
      report.throughput = report.throughput!.sorted { ($0.threads, $0.batch) < ($1.threads, $1.batch) }
        .comparedToOneThread()
    }
    if options.wants(.scoreCAM) {
      report.scoreCam = try scoreCAM(of: image, on: pool, peak: report.machine.peakGflopsPerThread * 1e9 / 2)
    }
    if options.wants(.gradient) { report.gradient = try gradients(on: pool) }
    report.peakMemoryBytes = ProcessStatistics.peakMemory
    return report
  }

  private func threadCounts(_ pool: ThreadPool) -> [Int] { options.threadCounts?.numbers ?? [1, pool.threadCount] }

  /// The model as a classifier of images of the measured shape.
  func classifier(on pool: ThreadPool) throws -> Classifier {
    try Classifier(
      session: try Session(graph: graph, pool: pool), input: input.value, inputShape: shape, layout: input.layout,
      arithmetic: options.arithmetic)
  }

  private func network(on pool: ThreadPool) throws -> BenchmarkNetwork {
    try BenchmarkNetwork(graph, input: input.value, shape: shape, arithmetic: options.arithmetic, pool: pool)
  }

  /// All that is measured with one network on the pool of all threads.
  private func measureNetwork(on pool: ThreadPool) throws -> BenchmarkReport {
    let network = try network(on: pool)
    let peak = MultiplyAddPeak.measure(on: pool)
    var report = BenchmarkReport(
      model: options.model, inputShape: shape.dimensions, arithmetic: options.arithmetic.rawValue,
      batches: network.batchSupport.reason,
      machine: .init(
        processor: ProcessStatistics.processorName, instructionSet: "\(InstructionSet.current)",
        threads: pool.threadCount, system: ProcessInfo.processInfo.operatingSystemVersionString,
        tool: "onnx-lens \(onnxLensVersion)", peakGflopsPerThread: 2 * peak / 1e9),
      load: .init(
        read: readSeconds, session: network.sessionSeconds, compile: network.compileSeconds,
        firstRun: network.firstRunSeconds, batchProbe: network.batchProbeSeconds),
      plainNodes: network.program.network.plainNodes.map {
        .init(node: $0.node, operator: $0.operatorName, reason: $0.reason)
      })
    if options.wants(.latency) {
      common.say("measuring the latency of one image")
      report.latency = .init(try network.measure(images: 1, runs: options.runs), threads: pool.threadCount)
    }
    if options.wants(.profile) { report.profile = try profile(of: network, peak: peak) }
    if options.wants(.throughput) {
      report.throughput = threadCounts(pool).contains(pool.threadCount) ? try throughput(of: network) : []
    }
    return report
  }

  private func throughput(of network: BenchmarkNetwork) throws -> [BenchmarkReport.Throughput] {
    try Set(options.batch.numbers).sorted().map { batch in
      common.say("measuring the throughput of batches of \(batch), threads: \(network.threadCount)")
      let times = try network.measure(images: batch, runs: options.runs, enoughSeconds: 0.5)
      return .init(times, threads: network.threadCount, batch: batch)
    }
  }

  private func profile(of network: BenchmarkNetwork, peak: Double) throws -> BenchmarkReport.Profile {
    let batch = options.batch.numbers.max()!
    common.say("measuring the steps of batches of \(batch)")
    try network.run(images: batch)
    let profile = ProgramProfile(network.program)
    let runs = min(options.runs, 3)
    for _ in 0..<runs { try network.run(images: batch, profile: profile) }
    return BenchmarkReport.Profile(
      Array(zip(network.program.stepDescriptions, profile.secondsByStep)), images: runs * batch, batch: batch,
      threads: network.threadCount, peak: peak)
  }
}

// MARK: Score-CAM

extension BenchmarkJob {
  private func readImage(_ path: String) throws -> NetworkInput {
    if InputFiles.isTensor(path) { return NetworkInput(tensor: try InputFiles.readTensor(path)) }
    let reader = try PictureReader(
      rule: options.preprocess, model: options.model, inputExtents: shape.dimensions, say: common.say)
    return try reader.read(path).input
  }

  /// Score-CAM's time; nil where the model has none and nobody asked for it.
  private func scoreCAM(of image: NetworkInput?, on pool: ThreadPool, peak: Double) throws -> BenchmarkReport
    .ScoreCAMTime?
  {
    do {
      let classifier = try classifier(on: pool)
      let choice = try classifier.layers.choose(options.layer, hook: nil)
      common.say("measuring Score-CAM at \(choice.layer.label)")
      let configuration = ScoreCAMPreset.paper.configuration
      let input = image ?? NetworkInput(tensor: .noise(shape))
      let scoreCAM = ScoreCAM(classifier: classifier, layer: choice.layer)
      let parts = ScoreCAMProfile()
      let (passes, runSeconds) = try timed {
        try scoreCAM.run(input, masking: configuration.masking, profile: parts)
      }
      let best = ClassRanking(logits: passes.inputLogits, head: classifier.head).order[0]
      let (_, mapSeconds) = try timed { try passes.explain(class: best, configuration) }
      return .init(
        layer: choice.layer.label, value: choice.layer.valueName, channels: passes.channelCount,
        deadChannels: passes.constantChannels.count, parts: parts, run: runSeconds, map: mapSeconds,
        profile: parts.steps.map { program, profile in
          BenchmarkReport.Profile(
            Array(zip(program.stepDescriptions, profile.secondsByStep)), images: max(parts.passCount, 1),
            batch: min(scoreCAM.batchSize, max(parts.passCount, 1)), threads: pool.threadCount, peak: peak)
        })
    } catch {
      let isAskedFor = !options.only.isEmpty || options.layer != "auto" || image != nil
      guard !isAskedFor, let failure = Failure(error) else { throw error }
      common.say("Score-CAM is left out: \(failure.message)")
      return nil
    }
  }
}
