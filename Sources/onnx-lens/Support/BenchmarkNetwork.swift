import OnnxLens

/// A network that is ready to be measured on noise, and what it took to get there.
struct BenchmarkNetwork {
  let program: Program
  let batchSupport: BatchSupport
  let threadCount: Int

  let sessionSeconds: Double
  let compileSeconds: Double
  let firstRunSeconds: Double
  let batchProbeSeconds: Double

  private let image: [Float]

  /// - Parameter shape: of one image.
  init(
    _ graph: Graph, input: ValueID, shape: Shape, arithmetic: CompiledNetwork.Arithmetic, pool: ThreadPool
  ) throws {
    let noise = Tensor.noise(shape)
    image = noise.elements(of: Float.self)
    threadCount = pool.threadCount
    let (session, sessionSeconds) = try timed { try Session(graph: graph, pool: pool) }
    let (network, compileSeconds) = try timed {
      try CompiledNetwork(session, input: input, imageShape: shape, arithmetic: arithmetic)
    }
    let (_, firstRunSeconds) = try timed { try network.program().run(noise) }
    let (support, batchProbeSeconds) = try timed {
      try BatchSupport(probing: network, sample: noise, fetching: graph.outputs)
    }
    batchSupport = support
    program = support.network.program()
    self.sessionSeconds = sessionSeconds
    self.compileSeconds = compileSeconds
    self.firstRunSeconds = firstRunSeconds
    self.batchProbeSeconds = batchProbeSeconds
  }

  /// Runs some images at a time.
  func run(images: Int, profile: ProgramProfile? = nil) throws {
    let image = image
    _ = try program.run(
      images: images, imagesPerThread: batchSupport.isBatched ? .max : 1, profile: profile
    ) { _, input in
      _ = input.update(fromContentsOf: image)
    }
  }

  /// The times of runs of some images, after one that is not counted: at most `runs`, and no more than fill
  /// `enoughSeconds` from the third on.
  func measure(images: Int, runs: Int, enoughSeconds: Double = .infinity) throws -> RunTimes {
    try run(images: images)
    var seconds: [Double] = []
    var total = 0.0
    while seconds.count < runs, seconds.count < 3 || total < enoughSeconds {
      seconds.append(try timed { try run(images: images) }.seconds)
      total += seconds.last!
    }
    return RunTimes(seconds: seconds)
  }
}

/// What `body` gives, and the seconds that it took.
func timed<Result>(_ body: () throws -> Result) rethrows -> (result: Result, seconds: Double) {
  let start = ContinuousClock.now
  let result = try body()
  return (result, (ContinuousClock.now - start).seconds)
}
