import Foundation
import OnnxLens

/// Explains one picture: passes, maps, files.
struct ExplanationJob {
  let pipeline: ClassifierPipeline
  let input: ClassifierPipeline.Input
  let options: ExplainOptions
  let configuration: ScoreCAMConfiguration
  let drawing: DrawingOptions
  let folder: OutputFolder
  /// Read from beginning to end meanwhile.
  let modelFile: Background<ExplanationManifest.File>

  private var common: CommonOptions { pipeline.common }

  /// - Returns: an entry for each class.
  func run() throws -> [ExplanationEntry] {
    let start = ContinuousClock.now
    let subject = ExplainedInput(
      input.network, of: input.classifier, batchSize: options.batch ?? ScoreCAM.defaultBatchSize)
    let choice = options.method.hooksLayer ? try chooseLayer() : nil
    let explainer = try options.method.explainer(
      ExplainerOptions(
        layer: choice?.layer, preset: options.preset, configuration: configuration, seed: options.seed,
        parameters: try options.parameters()))
    let classes = try chooseClasses(subject)

    var progress = Progress(input.stem, isQuiet: common.quiet)
    let result = try explainer.explain(subject, classes: classes) { done, total in progress.show(done, of: total) }
    let passesDone = ContinuousClock.now

    let writer = ExplanationWriter(
      folder: folder.path, stem: input.stem, passes: result.passes, canvas: input.canvas, style: style)
    let labelled = try result.explanations.map { explanation in
      (explanation, try classEntry(explanation.classIndex, subject))
    }
    let files = try labelled.map { explanation, entry in
      var files = try writer.writeFiles(
        of: explanation, caption: caption(entry, result.record, choice),
        montage: explanation.channels.map { try drawing.montageChannels(for: $0) } ?? [])
      if options.report { files.report = writer.reportPath }
      return files
    }
    let seconds = ExplanationManifest.Timing(
      passes: (passesDone - start).seconds, total: (ContinuousClock.now - start).seconds)
    let manifest = ExplanationManifest(
      try context(choice, result, batchSize: subject.batchSize),
      results: zip(labelled, files).map { labelled, files in
        ExplanationManifest.ClassResult(labelled.0, class: labelled.1, files: files)
      }, seconds: seconds)
    try writer.write(manifest)
    if options.report {
      let run = ExplanationPage.Run(result, manifest: manifest, title: options.method.title, choice: choice)
      try ExplanationPage(subject, canvas: input.canvas, style: style, runs: [run], name: name(of:))
        .write(to: writer.reportPath)
    }

    for explanation in result.explanations { warn(explanation) }
    let entries = zip(labelled, files).map { labelled, files in
      ExplanationEntry(
        input: input.path, labelled.0, of: result, name: labelled.1.name, probability: labelled.1.probability,
        choice: choice, files: files, seconds: seconds)
    }
    if !common.json { for (index, entry) in entries.enumerated() { printText(entry, choice, isFirst: index == 0) } }
    return entries
  }

  /// Whether what the MATLAB article does is asked for.
  private var followsArticle: Bool { options.method.hasPresets && options.preset.followsArticle }

  private var style: ExplanationStyle {
    drawing.style(for: options.method.hasPresets ? options.preset : .paper)
  }

  private func chooseLayer() throws -> LayerChoice {
    // The article hooks the convolution itself.
    let hook = options.hook ?? (followsArticle && options.layer == "auto" ? .output : nil)
    let choice = try input.classifier.layers.choose(options.layer, hook: hook)
    if let warning = choice.warning, !followsArticle { common.say("warning: \(warning)") }
    return choice
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
    _ entry: ExplanationManifest.ClassEntry, _ record: ExplainerRecord, _ choice: LayerChoice?
  ) -> ExplanationCaption {
    ExplanationCaption(
      classIndex: entry.index, className: entry.name, probability: entry.probability, layer: choice?.layer.label,
      method: options.method.title, preset: record.preset)
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
