public import Execution

extension BenchmarkReport {
  /// Where the time of a throughput run goes.
  public struct Profile: Encodable, Sendable {
    public struct Step: Encodable, Sendable {
      public let kernel: String
      public let nodes: [String]
      public let operators: [String]
      public let inputShape: [Int]?
      public let outputShape: [Int]?
      /// Of one thread.
      public let secondsPerImage: Double
      /// Of the time of all steps.
      public let share: Double
      /// Of one image; a convolution's as plain sums of products, however it is computed.
      public let multiplyAdds: Int
      /// Two for each multiply-add, of one thread; nil where there are none.
      public let gflopsPerThread: Double?
      /// Above 1 where a convolution needs fewer multiply-adds than are counted.
      public let peakShare: Double?
    }

    public let threads: Int
    /// How many images ran at a time.
    public let batch: Int
    /// Of one thread: with n threads at work an image comes every n-th part of this.
    public let secondsPerImage: Double
    public let steps: [Step]

    /// - Parameters:
    ///   - steps: what ran, and the seconds of all threads for each.
    ///   - images: how many images ran.
    ///   - batch: how many of them at a time.
    ///   - peak: the multiply-adds a second that a thread can do.
    public init(
      _ steps: [(step: StepDescription, seconds: Double)], images: Int, batch: Int, threads: Int, peak: Double
    ) {
      self.threads = threads
      self.batch = batch
      let total = steps.reduce(0) { $0 + $1.seconds }
      secondsPerImage = total / Double(images)
      self.steps = steps.map { step, seconds in
        let rate = step.multiplyAdds > 0 && seconds > 0 ? Double(step.multiplyAdds) * Double(images) / seconds : nil
        return Step(
          kernel: step.kernel.rawValue, nodes: step.nodes, operators: step.operators,
          inputShape: step.inputShape?.dimensions, outputShape: step.outputShape?.dimensions,
          secondsPerImage: seconds / Double(images), share: total > 0 ? seconds / total : 0,
          multiplyAdds: step.multiplyAdds, gflopsPerThread: rate.map { 2 * $0 / 1e9 },
          peakShare: rate.map { $0 / peak })
      }
    }
  }
}
