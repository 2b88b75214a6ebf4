import Execution
import Reporting
import Tensors
import Testing

/// Figures that are worked out by hand.
struct BenchmarkReportTests {
  @Test func statisticsOfRuns() {
    let odd = RunTimes(seconds: [3, 1, 2])
    #expect((odd.minimum, odd.median) == (1, 2))
    #expect(odd.percentile(90) == 3)
    let even = RunTimes(seconds: [4, 1, 3, 2])
    #expect(even.median == 2.5)
    #expect(even.percentile(50) == 2)
    let ten = RunTimes(seconds: (1...10).reversed().map(Double.init))
    #expect(ten.percentile(90) == 9)
    #expect(ten.percentile(91) == 10)
    #expect(RunTimes(seconds: [7]).percentile(1) == 7)
  }

  @Test func throughputAgainstOneThread() {
    let rows = [(1, 4, 2.0), (2, 4, 1.25), (2, 8, 1.0)].map { threads, batch, seconds in
      BenchmarkReport.Throughput(RunTimes(seconds: [seconds]), threads: threads, batch: batch)
    }.comparedToOneThread()
    #expect(rows.map(\.speedUp) == [1, 1.6, nil])
    #expect(rows.map(\.secondsPerImage) == [0.5, 0.3125, 0.125])
    #expect(rows.map(\.imagesPerSecond) == [2, 3.2, 8])
  }

  @Test func profileOfSteps() throws {
    func step(_ kernel: StepDescription.Kernel, multiplyAdds: Int) -> StepDescription {
      StepDescription(
        kernel: kernel, nodes: ["n"], operators: ["Conv"], inputShape: nil, outputShape: nil,
        multiplyAdds: multiplyAdds)
    }
    let profile = BenchmarkReport.Profile(
      [(step(.direct, multiplyAdds: 3_000_000_000), 6), (step(.pooling, multiplyAdds: 0), 2)], images: 4, batch: 2,
      threads: 1, peak: 8e9)
    #expect(profile.secondsPerImage == 2)
    #expect(profile.steps.map(\.share) == [0.75, 0.25])
    #expect(profile.steps.map(\.secondsPerImage) == [1.5, 0.5])
    // 4 · 3 multiply-adds, in 10⁹, in 6 seconds.
    #expect(profile.steps.map(\.gflopsPerThread) == [4, nil])
    #expect(profile.steps.map(\.peakShare) == [0.25, nil])
  }

  @Test func linuxTellsOfTheProcess() throws {
    #expect(try #require(ProcessStatistics.peakMemory) > 1 << 20)
  }
}
