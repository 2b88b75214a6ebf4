import Foundation
import OnnxLens

/// Explains one picture: passes, maps, files.
struct ExplanationJob {
  let pipeline: ClassifierPipeline
  let input: ClassifierPipeline.Input
  let options: ExplainOptions
  let knobs: KnobOptions
  let drawing: DrawingOptions
  let folder: OutputFolder
  /// Read from beginning to end meanwhile.
  let modelFile: Background<ExplanationManifest.File>

  private var common: CommonOptions { pipeline.common }

  /// One explanation that was made, with its files.
  private struct Made {
    let planned: PlannedExplanation
    let result: ExplainerResult
    let files: [ExplanationFiles]
    let manifest: ExplanationManifest
    let seconds: ExplanationManifest.Timing
  }

  /// - Returns: an entry for each explanation and class, and for each class a comparison where there are several
  ///   explanations.
  func run() throws -> ([ExplanationEntry], [ComparisonEntry]) {
    let subject = ExplainedInput(
      input.network, of: input.classifier, batchSize: options.batch ?? ScoreCAM.defaultBatchSize)
    let layers = options.method.methods.contains(where: \.hooksLayer) ? try chooseLayers() : []
    let plan = try PlannedExplanation.all(options, knobs: knobs, layers: layers)
    let classes = try chooseClasses(subject)
    let writer = ExplanationWriter(
      folder: folder.path, stem: input.stem, passes: nil, canvas: input.canvas, style: style)
    let reportPath = options.report ? writer.reportPath : nil
    let all = try plan.compactMap { planned in
      try unlessRefused(planned, of: plan.count) {
        try make(planned, of: plan.count, subject, classes: classes, reportPath: reportPath)
      }
    }
    guard !all.isEmpty else {
      throw Failure(.unsupported, "none of the methods that are asked for applies to this model and picture")
    }
    let comparisons = plan.count > 1 ? classes.indices.map { comparison(of: all, place: $0, subject) } : []
    if let reportPath {
      let runs = all.map {
        ExplanationPage.Run($0.result, manifest: $0.manifest, title: $0.planned.title, choice: $0.planned.layers.first)
      }
      try ExplanationPage(
        subject, canvas: input.canvas, style: style, runs: runs, comparisons: comparisons, name: name(of:)
      ).write(to: reportPath)
    }
    var entries: [ExplanationEntry] = []
    for made in all { entries.append(contentsOf: try report(made, subject)) }
    return (entries, try comparisons.map { try write($0, subject) })
  }

  /// What `body` gives; where one of several methods does not apply to this model or picture, that is said and nil is
  /// given.
  private func unlessRefused(
    _ planned: PlannedExplanation, of count: Int, _ body: () throws -> Made
  ) throws -> Made? {
    do { return try body() } catch let error as ExplainError where count > 1 {
      common.say("\(planned.title) is left out: \(error.message)")
      return nil
    }
  }

  /// Runs one explainer and writes its files.
  private func make(
    _ planned: PlannedExplanation, of count: Int, _ subject: ExplainedInput, classes: [Int], reportPath: String?
  ) throws -> Made {
    let start = ContinuousClock.now
    let stem = count > 1 ? "\(input.stem).\(planned.fileName)" : input.stem
    var progress = Progress(stem, isQuiet: common.quiet)
    let result = try planned.explainer.explain(subject, classes: classes) { done, total in
      progress.show(done, of: total)
    }
    let passesDone = ContinuousClock.now
    let writer = ExplanationWriter(
      folder: folder.path, stem: stem, passes: result.passes, canvas: input.canvas, style: style)
    let labelled = try result.explanations.map { explanation in
      (explanation, try classEntry(explanation.classIndex, subject))
    }
    let files = try labelled.map { explanation, entry in
      var files = try writer.writeFiles(
        of: explanation, caption: caption(entry, result.record, planned),
        montage: explanation.channels.map { try drawing.montageChannels(for: $0) } ?? [])
      files.report = reportPath
      return files
    }
    let seconds = ExplanationManifest.Timing(
      passes: (passesDone - start).seconds, total: (ContinuousClock.now - start).seconds)
    let manifest = ExplanationManifest(
      try context(planned.layers.first, result, batchSize: subject.batchSize),
      results: zip(labelled, files).map { labelled, files in
        ExplanationManifest.ClassResult(labelled.0, class: labelled.1, files: files)
      }, seconds: seconds)
    try writer.write(manifest)
    return Made(planned: planned, result: result, files: files, manifest: manifest, seconds: seconds)
  }

  /// Tells of one explanation.
  private func report(_ made: Made, _ subject: ExplainedInput) throws -> [ExplanationEntry] {
    for explanation in made.result.explanations where !made.planned.method.isBaseline { warn(explanation) }
    let entries = try zip(made.result.explanations, made.files).map { explanation, files in
      let entry = try classEntry(explanation.classIndex, subject)
      return ExplanationEntry(
        input: input.path, explanation, of: made.result, name: entry.name, probability: entry.probability,
        choice: made.planned.layers.first, files: files, seconds: made.seconds)
    }
    if !common.json {
      for (index, entry) in entries.enumerated() {
        printText(entry, made.planned.layers.first, isFirst: index == 0)
      }
    }
    return entries
  }

  /// What the explanations of one class have in common.
  private func comparison(of all: [Made], place: Int, _ subject: ExplainedInput) -> ExplanationComparison {
    ExplanationComparison(
      all.map { made in
        .init(
          title: made.planned.title, name: made.planned.fileName, isBaseline: made.planned.method.isBaseline,
          explanation: made.result.explanations[place])
      }, input: subject)
  }

  /// Draws and writes it.
  private func write(_ comparison: ExplanationComparison, _ subject: ExplainedInput) throws -> ComparisonEntry {
    let entry = try classEntry(comparison.classIndex, subject)
    let document = try comparison.write(
      folder: folder.path, stem: input.stem, input: input.path, class: entry, canvas: input.canvas, style: style)
    if !common.json {
      Console.print("  rank correlation (Spearman) of the maps of class \(entry.index):")
      for line in document.text { Console.print("  \(line)") }
      for file in document.files.all { Console.print("           \(file)") }
    }
    return document
  }

  private var style: ExplanationStyle {
    drawing.style(for: options.followsArticle ? options.preset.presets[0] : .paper)
  }

  private func chooseLayers() throws -> [LayerChoice] {
    let names = options.layer.isEmpty ? ["auto"] : options.layer
    return try names.map { name in
      // The article hooks the convolution itself.
      let hook = options.hook ?? (options.followsArticle && name == "auto" ? .output : nil)
      let choice = try input.classifier.layers.choose(name, hook: hook)
      if let warning = choice.warning, !options.followsArticle { common.say("warning: \(warning)") }
      return choice
    }
  }

  private func chooseClasses(_ subject: ExplainedInput) throws -> [Int] {
    try ClassSelection.choose(
      options.classes, ranking: ClassRanking(logits: try subject.logits, head: input.classifier.head),
      labels: pipeline.labels)
  }

  private func name(of index: Int) -> String? { pipeline.labels?.names[index] }

  private func classEntry(_ index: Int, _ subject: ExplainedInput) throws -> ExplanationManifest.ClassEntry {
    ExplanationManifest.ClassEntry(
      index: index, name: name(of: index), probability: try subject.probabilities[index],
      logit: Double(try subject.logits[index]))
  }

  private func caption(
    _ entry: ExplanationManifest.ClassEntry, _ record: ExplainerRecord, _ planned: PlannedExplanation
  ) -> ExplanationCaption {
    ExplanationCaption(
      classIndex: entry.index, className: entry.name, probability: entry.probability,
      layer: planned.layers.first?.layer.label, method: planned.method.title, preset: record.preset)
  }

  private func warn(_ explanation: Explanation) {
    for code in explanation.health.codes {
      common.say("warning: class \(explanation.classIndex): \(code.rawValue): \(code.explanation)")
    }
  }

  private func context(
    _ choice: LayerChoice?, _ result: ExplainerResult, batchSize: Int
  ) throws -> ExplanationManifest.Context {
    ExplanationManifest.Context(
      tool: "onnx-lens \(onnxLensVersion)", instructionSet: "\(InstructionSet.current)",
      arithmetic: input.classifier.network.arithmetic.rawValue,
      threads: input.classifier.pool.threadCount, model: try modelFile.get(), opsets: pipeline.model.graph.opsets,
      producer: pipeline.model.producerName,
      input: .init(path: input.path, sha256: try FileDigest.sha256(of: input.path)),
      preprocessing: input.preprocessing, head: input.classifier.head.kind.rawValue,
      batches: try input.classifier.batchSupport.reason, batchSize: batchSize, choice: choice, result: result)
  }

  private func printText(_ entry: ExplanationEntry, _ choice: LayerChoice?, isFirst: Bool) {
    if isFirst {
      Console.print("\(entry.input)")
      if let layer = choice?.layer {
        let shape = layer.shape
        Console.print(
          "  layer    \(layer.label) (\(layer.operatorName)), \(shape[1]) channels of \(shape[2])×\(shape[3])")
        Console.print("           \(choice!.reason)")
      }
      let name = entry.preset.map { "preset   \($0)" } ?? "method   \(entry.method)"
      let channels = entry.channels.map { ", \($0) channels, of which \(entry.deadChannels ?? 0) constant" } ?? ""
      Console.print("  \(name)\(channels); \(String(format: "%.2f s", entry.seconds.total))")
      for note in entry.notes ?? [] { Console.print("           \(note)") }
    }
    let percent = String(format: "%.1f %%", entry.class.probability * 100)
    Console.print("  class    \(entry.class.index)\(entry.class.name.map { " " + $0 } ?? ""), \(percent)")
    for file in [entry.files.overlay, entry.files.heatmap, entry.files.map].compactMap({ $0 }) {
      Console.print("           \(file)")
    }
    for file in (entry.files.montage ?? []) + [entry.files.report].compactMap({ $0 }) {
      Console.print("           \(file)")
    }
  }
}
