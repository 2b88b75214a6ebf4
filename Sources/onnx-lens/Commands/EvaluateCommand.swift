import ArgumentParser
import Foundation
import OnnxLens

/// Metrics of explanations over a data set.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure how good explanations are, over a data set.",
    discussion: """
      Every picture is explained by every method, and every map judged by every metric. A line for each picture goes to \
      results.jsonl in the output folder as soon as it is known, so that an interrupted run, started again, goes on \
      where it was. At the end stand tables (summary.md, summary.csv) and curves (SVG), in which each number has its \
      protocol, its n and a bootstrap interval. A picture that fails is reported and left out; the exit code tells.

      With --shard I/N only every Nth picture is evaluated; merge puts the folders of all shards together, to the same \
      bytes as one run gives.
      """)

  @OptionGroup var source: EvaluatedModelOptions
  @OptionGroup(title: "What to evaluate") var evaluate: EvaluateOptions
  @OptionGroup(title: "Methods") var explain: EvaluatedMethodOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let folder = try OutputFolder(explain.output)
    let modelFile = Background { [model = source.model] in try FileDigest.sha256(of: model) }
    let material = try EvaluationSource(
      source, evaluate, common, memoryLimit: explain.maxMemory?.bytes ?? .max)
    let methods = try explain.methods(evaluate.chosenMethods(), for: material.classifier) { common.say($0) }
    let settings = try evaluate.settings(seed: explain.seed)
    let job = try EvaluationJob(
      material.dataSet, settings: settings, methods: methods.map(\.explainer), classifier: material.classifier,
      batchSize: explain.batch ?? ScoreCAM.defaultBatchSize, classIndex: { try material.classIndex($0) },
      load: { try material.load($0) })
    let `protocol` = try EvaluationProtocol(
      tool: "onnx-lens \(onnxLensVersion)",
      model: .init(name: (source.model as NSString).lastPathComponent, sha256: try modelFile.get()),
      pictures: .init(
        kind: material.dataSet.kind, name: (source.dataSet as NSString).lastPathComponent,
        sha256: SHA256.hexDigest(of: material.dataSet.listing.utf8), count: job.units.count),
      preprocessing: material.preprocessing, settings: settings, methods: methods.map(\.entry),
      classifier: material.classifier, bootstrap: .init(resamples: evaluate.resamples, confidence: evaluate.confidence))
    let results = try EvaluationFolder(folder.path, for: `protocol`)
    try evaluateAll(job, results, try evaluate.shard.map { try Shard($0) } ?? .whole)
    try EvaluationReport(output: folder.path, common: common, writesPage: evaluate.report).finish(
      results.records.lines.values.map(\.record), `protocol`, isWhole: evaluate.shard == nil)
  }

  /// Adds the records that are missing.
  private func evaluateAll(_ job: EvaluationJob, _ results: EvaluationFolder, _ shard: Shard) throws {
    let missing = job.units.indices.filter { shard.contains($0) && results.records.lines[$0] == nil }
    let known = results.records.lines.count
    if known > 0 { common.say("\(results.path) has \(known) records already; going on with \(missing.count) others") }
    var progress = Progress("pictures", isQuiet: common.quiet)
    for (done, index) in missing.enumerated() {
      progress.show(done, of: missing.count)
      let record = try job.record(of: index)
      try results.records.append(record)
      if !record.isComplete { Console.error("onnx-lens: error: \(record.file): \(record.firstError)") }
    }
    progress.show(missing.count, of: missing.count)
    try results.records.finish()
  }
}
