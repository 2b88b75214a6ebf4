import TestSupport
import Testing

/// What `bench` prints for the committed networks. Times are only checked for sense.
struct BenchCommandTests {
  private let model = Checkout.fixture("shapes/shapes.onnx")

  private func report(_ options: String...) throws -> [String: Any] {
    let tool = try CommandLineTool(["bench", model, "--runs", "2", "--json", "--quiet"] + options)
    #expect(tool.exitCode == 0)
    #expect(tool.errors.isEmpty)
    return try tool.json()
  }

  private func expectPositive(_ object: [String: Any], _ keys: String...) {
    for key in keys { #expect((object[key] as? Double ?? 0) > 0, "\(key)") }
  }

  @Test func measuresAllParts() throws {
    let report = try report("--batch", "1,3", "--threads", "2")
    #expect(report["model"] as? String == model)
    #expect(report["input_shape"] as? [Int] == [1, 3, 96, 96])
    #expect(report["arithmetic"] as? String == "fast")
    let machine = try #require(report["machine"] as? [String: Any])
    #expect(machine["threads"] as? Int == 2)
    #expect(["portable", "avx2", "avx512"].contains(machine["instruction_set"] as? String))
    expectPositive(machine, "peak_gflops_per_thread")
    expectPositive(report, "peak_memory_bytes")

    let load = try #require(report["load"] as? [String: Any])
    let parts = ["read_seconds", "session_seconds", "compile_seconds", "first_run_seconds", "batch_probe_seconds"]
    let seconds = parts.compactMap { load[$0] as? Double }
    #expect(seconds.count == parts.count)
    #expect(seconds.allSatisfy { $0 > 0 })
    let total = try #require(load["total_seconds"] as? Double)
    #expect(abs(total - seconds.reduce(0, +)) < 1e-9)

    let latency = try #require(report["latency"] as? [String: Any])
    #expect(latency["runs"] as? Int == 2)
    let minimum = try #require(latency["min_seconds"] as? Double)
    let median = try #require(latency["median_seconds"] as? Double)
    let p90 = try #require(latency["p90_seconds"] as? Double)
    #expect(0 < minimum && minimum <= median && median <= p90)

    let throughput = try #require(report["throughput"] as? [[String: Any]])
    #expect(throughput.map { [$0["threads"] as? Int, $0["batch"] as? Int] } == [[1, 1], [1, 3], [2, 1], [2, 3]])
    for row in throughput {
      expectPositive(row, "seconds_per_image", "images_per_second", "speed_up")
      if row["threads"] as? Int == 1 { #expect(row["speed_up"] as? Double == 1) }
    }

    let scoreCAM = try #require(report["score_cam"] as? [String: Any])
    #expect(scoreCAM["channels"] as? Int == 64)
    expectPositive(scoreCAM, "passes_seconds", "map_seconds", "total_seconds")

    let gradient = try #require(report["gradient"] as? [String: Any])
    expectPositive(gradient, "forward_seconds", "input_seconds", "layer_seconds", "input_passes", "layer_passes")
    // Six rectified maps, of which the first are 16×96×96 or so, and the score.
    #expect(gradient["kept_bytes"] as? Int ?? 0 > 100_000)
  }

  @Test func profilesEveryStep() throws {
    let report = try report("--only", "profile", "--batch", "4")
    #expect(report["latency"] == nil)
    #expect(report["throughput"] == nil)
    #expect(report["score_cam"] == nil)
    let profile = try #require(report["profile"] as? [String: Any])
    #expect(profile["batch"] as? Int == 4)
    let steps = try #require(profile["steps"] as? [[String: Any]])
    let shares = steps.compactMap { $0["share"] as? Double }
    #expect(shares.count == steps.count)
    #expect(shares.allSatisfy { $0 > 0 })
    #expect(abs(shares.reduce(0, +) - 1) < 1e-9)
    // The work that `inspect` counts by running the graph plainly.
    let counted = try CommandLineTool(["inspect", model, "--json"]).json()["multiply_accumulates"] as? Int
    #expect(steps.compactMap { $0["multiply_adds"] as? Int }.reduce(0, +) == counted)
    for step in steps where step["multiply_adds"] as? Int != 0 {
      expectPositive(step, "gflops_per_thread", "peak_share")
    }
  }

  @Test func preciseArithmeticKeepsFromWinogradsMethod() throws {
    func kernels(_ report: [String: Any]) throws -> Set<String> {
      let profile = try #require(report["profile"] as? [String: Any])
      return Set(try #require(profile["steps"] as? [[String: Any]]).compactMap { $0["kernel"] as? String })
    }
    #expect(try kernels(report("--only", "profile", "--batch", "1")).contains("winograd"))
    let precise = try report("--only", "profile", "--batch", "1", "--precise")
    #expect(precise["arithmetic"] as? String == "precise")
    #expect(try !kernels(precise).contains("winograd"))
  }

  @Test func printsTables() throws {
    let tool = try CommandLineTool(
      [
        "bench", model, "--runs", "1", "--batch", "2", "--threads", "1", "--image",
        Checkout.fixture("shapes/boat.png"), "--quiet",
      ])
    #expect(tool.exitCode == 0)
    for word in [
      "latency", "throughput", "ms/image", "profile", "GFLOP/s", "score-cam", "gradient", "memory",
      "nodes in plain form",
    ] {
      #expect(tool.output.contains(word), "\(word)")
    }
  }

  @Test func shapeThatTheModelDoesNotTake() throws {
    let tool = try CommandLineTool(["bench", model, "--input-shape", "1x5x96x96"])
    #expect(tool.exitCode == 4)
    #expect(tool.errors.contains("--input-shape 1×5×96×96"))
  }

  @Test func layerThatIsNotThere() throws {
    let tool = try CommandLineTool(["bench", model, "--only", "score-cam", "--layer", "conv99"])
    #expect(tool.exitCode == 64)
    #expect(tool.errors.contains("there is no layer 'conv99'"))
  }

  @Test(arguments: [
    ["--runs", "0"], ["--batch", "1,0"], ["--batch", "5000"], ["--batch", ""], ["--thread-counts", "1,x"],
    ["--input-shape", "1x3x0x8"], ["--input-shape", "2x3x8x8"], ["--only", "nonsense"],
  ])
  func wrongUsage(options: [String]) throws {
    let tool = try CommandLineTool(["bench", model] + options)
    #expect(tool.exitCode == 64)
    #expect(!tool.errors.isEmpty)
  }
}
