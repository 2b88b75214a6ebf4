public import Explain

/// How fast a network runs on this machine, for people and for programs. Times are in seconds.
public struct BenchmarkReport: Encodable, Sendable {
  public let model: String
  /// The shape of one image.
  public let inputShape: [Int]
  public let arithmetic: String
  /// Whether the graph takes several images at a time, and why.
  public let batches: String
  public let machine: Machine
  public let load: Load
  public var latency: Latency?
  public var throughput: [Throughput]?
  public var profile: Profile?
  public let plainNodes: [PlainNodeEntry]
  public var scoreCam: ScoreCAMTime?
  public var gradient: GradientTime?
  /// The most memory of the whole process, in bytes.
  public var peakMemoryBytes: Int?

  public init(
    model: String, inputShape: [Int], arithmetic: String, batches: String, machine: Machine, load: Load,
    plainNodes: [PlainNodeEntry]
  ) {
    self.model = model
    self.inputShape = inputShape
    self.arithmetic = arithmetic
    self.batches = batches
    self.machine = machine
    self.load = load
    self.plainNodes = plainNodes
  }

  public struct Machine: Encodable, Sendable {
    public let processor: String?
    public let instructionSet: String
    public let threads: Int
    public let system: String
    public let tool: String
    /// What a thread's vector units do with all threads at work, a multiply-add counted as two.
    public let peakGflopsPerThread: Double

    public init(
      processor: String?, instructionSet: String, threads: Int, system: String, tool: String,
      peakGflopsPerThread: Double
    ) {
      self.processor = processor
      self.instructionSet = instructionSet
      self.threads = threads
      self.system = system
      self.tool = tool
      self.peakGflopsPerThread = peakGflopsPerThread
    }
  }

  /// From the file to the first result.
  public struct Load: Encodable, Sendable {
    public let readSeconds: Double
    /// Operators looked up, constants folded.
    public let sessionSeconds: Double
    /// Layers found, weights packed.
    public let compileSeconds: Double
    public let firstRunSeconds: Double
    /// Finding out whether the graph takes several images at a time.
    public let batchProbeSeconds: Double
    public let totalSeconds: Double

    public init(read: Double, session: Double, compile: Double, firstRun: Double, batchProbe: Double) {
      readSeconds = read
      sessionSeconds = session
      compileSeconds = compile
      firstRunSeconds = firstRun
      batchProbeSeconds = batchProbe
      totalSeconds = read + session + compile + firstRun + batchProbe
    }
  }

  /// Of single images, one after the other, each on all threads.
  public struct Latency: Encodable, Sendable {
    public let threads: Int
    public let runs: Int
    public let medianSeconds: Double
    public let minSeconds: Double
    public let p90Seconds: Double

    public init(_ times: RunTimes, threads: Int) {
      self.threads = threads
      runs = times.count
      medianSeconds = times.median
      minSeconds = times.minimum
      p90Seconds = times.percentile(90)
    }
  }

  public struct Throughput: Encodable, Sendable {
    public let threads: Int
    public let batch: Int
    public let runs: Int
    public let secondsPerImage: Double
    public let imagesPerSecond: Double
    /// Against one thread with the same batch; nil where that was not measured.
    public var speedUp: Double?

    /// - Parameter times: of the whole batch.
    public init(_ times: RunTimes, threads: Int, batch: Int) {
      self.threads = threads
      self.batch = batch
      runs = times.count
      secondsPerImage = times.median / Double(batch)
      imagesPerSecond = Double(batch) / times.median
    }
  }

  public struct PlainNodeEntry: Encodable, Sendable {
    public let node: String
    public let `operator`: String
    public let reason: String

    public init(node: String, operator: String, reason: String) {
      self.node = node
      self.operator = `operator`
      self.reason = reason
    }
  }

  /// Score-CAM of one image and class.
  public struct ScoreCAMTime: Encodable, Sendable {
    public let layer: String
    public let value: String
    public let channels: Int
    /// Channels that need no pass of their own.
    public let deadChannels: Int
    /// The run that gives the activation.
    public let activationSeconds: Double
    /// What all masks share of the first layer.
    public let sharedSeconds: Double
    /// The masks.
    public let maskSeconds: Double
    /// All masked passes.
    public let passesSeconds: Double
    /// The map from the scores.
    public let mapSeconds: Double
    /// All of it, and what lies between the parts.
    public let totalSeconds: Double
    /// The passes step by step.
    public let profile: Profile?

    /// - Parameters:
    ///   - parts: of the passes.
    ///   - run: the seconds of all passes and what comes before them.
    ///   - map: the seconds of the map.
    public init(
      layer: String, value: String, channels: Int, deadChannels: Int, parts: ScoreCAMProfile, run: Double, map: Double,
      profile: Profile?
    ) {
      self.layer = layer
      self.value = value
      self.channels = channels
      self.deadChannels = deadChannels
      activationSeconds = parts.activationSeconds
      sharedSeconds = parts.sharedSeconds
      maskSeconds = parts.maskSeconds
      passesSeconds = parts.passSeconds
      mapSeconds = map
      totalSeconds = run + map
      self.profile = profile
    }
  }
}

extension BenchmarkReport {
  /// Gradients of a class score, of single images, each on all threads; medians, taken in turn with forward passes.
  public struct GradientTime: Encodable, Sendable {
    public let layer: String
    public let value: String
    /// A forward pass that gives the logits.
    public let forwardSeconds: Double
    /// A forward pass and the gradient with respect to the input.
    public let inputSeconds: Double
    public let inputPasses: Double
    /// A forward pass and the gradient with respect to the layer's value, as Grad-CAM needs it.
    public let layerSeconds: Double
    public let layerPasses: Double
    /// What is kept of a forward pass for the gradient with respect to the input.
    public let keptBytes: Int

    public init(layer: String, value: String, forward: Double, input: Double, toLayer: Double, keptBytes: Int) {
      self.layer = layer
      self.value = value
      forwardSeconds = forward
      inputSeconds = input
      inputPasses = input / forward
      layerSeconds = toLayer
      layerPasses = toLayer / forward
      self.keptBytes = keptBytes
    }
  }
}

extension [BenchmarkReport.Throughput] {
  /// The rows with the speed-up over one thread where that was measured with the same batch.
  public func comparedToOneThread() -> Self {
    map { row in
      var row = row
      row.speedUp = first { $0.threads == 1 && $0.batch == row.batch }.map { $0.secondsPerImage / row.secondsPerImage }
      return row
    }
  }
}
