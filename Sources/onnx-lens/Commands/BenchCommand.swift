import ArgumentParser
import OnnxLens

/// How fast a model runs.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure how fast a model runs here, and where its time goes.",
    discussion: """
      Latency is that of single images on all threads; throughput that of batches whose images are shared out among the \
      threads. The profile says for each step of a batch what one thread spends on it, and how its multiply-adds \
      compare to the most that the machine's vector units do; a convolution's are counted as plain sums of products, so \
      that Winograd's method can be above that. A GFLOP is 10⁹ multiplications and additions.
      """)

  @OptionGroup var options: BenchOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let report = try BenchmarkJob(options, common).run()
    if common.json {
      Console.printJSON(report)
    } else {
      Console.write(report.text, to: .standardOutput)
    }
  }
}
