import Foundation

extension BenchmarkReport {
  /// The report as lines of text.
  public var text: String {
    var lines = [
      "model       \(model), \(Self.text(of: inputShape)), \(arithmetic) arithmetic; \(batches)",
      "machine     \(machine.processor ?? "unknown processor"), \(machine.instructionSet), threads: \(machine.threads)",
      "            peak of a thread with all at work: \(Self.number(machine.peakGflopsPerThread, digits: 1)) GFLOP/s",
      "load        \(Self.milliseconds(load.totalSeconds)) in all: file \(Self.milliseconds(load.readSeconds)), "
        + "session \(Self.milliseconds(load.sessionSeconds)), compiling \(Self.milliseconds(load.compileSeconds)), "
        + "first run \(Self.milliseconds(load.firstRunSeconds)), "
        + "trying batches \(Self.milliseconds(load.batchProbeSeconds))",
    ]
    if let latency {
      lines.append(
        "latency     one image: median \(Self.milliseconds(latency.medianSeconds)), "
          + "min \(Self.milliseconds(latency.minSeconds)), p90 \(Self.milliseconds(latency.p90Seconds)) "
          + "(\(latency.runs) runs, threads: \(latency.threads))")
    }
    if let scoreCam {
      lines.append(
        "score-cam   \(Self.number(scoreCam.totalSeconds, digits: 3)) s: "
          + "activation \(Self.milliseconds(scoreCam.activationSeconds)), "
          + "shared first layer \(Self.milliseconds(scoreCam.sharedSeconds)), "
          + "masks \(Self.milliseconds(scoreCam.maskSeconds)), "
          + "passes \(Self.number(scoreCam.passesSeconds, digits: 3)) s, map \(Self.milliseconds(scoreCam.mapSeconds)) "
          + "(layer \(scoreCam.layer), \(scoreCam.channels) channels, of which \(scoreCam.deadChannels) constant)")
    }
    if let gradient {
      lines.append(
        "gradient    to the input \(Self.milliseconds(gradient.inputSeconds)), "
          + "\(Self.number(gradient.inputPasses, digits: 2)) forward passes of "
          + "\(Self.milliseconds(gradient.forwardSeconds)), keeping \((gradient.keptBytes + 500_000) / 1_000_000) MB; "
          + "to \(gradient.layer) \(Self.milliseconds(gradient.layerSeconds)), "
          + "\(Self.number(gradient.layerPasses, digits: 2)) passes")
    }
    if let peakMemoryBytes { lines.append("memory      \((peakMemoryBytes + 500_000) / 1_000_000) MB at most") }
    if let throughput { lines += ["", "throughput"] + Self.table(of: throughput) }
    for (title, profile) in [("profile", profile), ("masked passes", scoreCam?.profile)] {
      guard let profile else { continue }
      let batch = "\(profile.batch) image\(profile.batch == 1 ? "" : "s") at a time"
      lines += ["", "\(title): \(batch), threads: \(profile.threads); times of one thread"] + Self.table(of: profile)
    }
    if !plainNodes.isEmpty { lines += ["", "nodes in plain form"] + Self.table(of: plainNodes) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func table(of rows: [Throughput]) -> [String] {
    var table = TextTable(
      [("threads", .right), ("batch", .right), ("ms/image", .right), ("images/s", .right), ("speed-up", .right)])
    for row in rows {
      table.add([
        "\(row.threads)", "\(row.batch)", number(row.secondsPerImage * 1e3, digits: 3),
        number(row.imagesPerSecond, digits: 1), row.speedUp.map { number($0, digits: 2) } ?? "",
      ])
    }
    return table.lines
  }

  private static func table(of profile: Profile) -> [String] {
    var table = TextTable(
      [
        ("step", .right), ("kernel", .left), ("input", .left), ("output", .left), ("ms/image", .right),
        ("share", .right), ("GFLOP/s", .right), ("of peak", .right), ("nodes", .left),
      ])
    for (index, step) in profile.steps.enumerated() {
      table.add([
        "\(index)", step.kernel, step.inputShape.map(text) ?? "", step.outputShape.map(text) ?? "",
        number(step.secondsPerImage * 1e3, digits: 3), number(step.share * 100, digits: 1) + " %",
        step.gflopsPerThread.map { number($0, digits: 1) } ?? "",
        step.peakShare.map { number($0 * 100, digits: 0) + " %" } ?? "", step.nodes.joined(separator: " + "),
      ])
    }
    let total = number(profile.secondsPerImage * 1e3, digits: 3)
    table.add(["", "all", "", "", total, number(100, digits: 1) + " %", "", "", ""])
    return table.lines
  }

  private static func table(of nodes: [PlainNodeEntry]) -> [String] {
    var table = TextTable([("node", .left), ("operator", .left), ("reason", .left)])
    for node in nodes { table.add([node.node, node.operator, node.reason]) }
    return table.lines
  }

  private static func text(of shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }

  private static func number(_ value: Double, digits: Int) -> String { String(format: "%.\(digits)f", value) }

  private static func milliseconds(_ seconds: Double) -> String { number(seconds * 1e3, digits: 2) + " ms" }
}
