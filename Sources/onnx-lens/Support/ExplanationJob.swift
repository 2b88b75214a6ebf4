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
    let choice = try chooseLayer()
    let classes = try chooseClasses()

    let scoreCAM = ScoreCAM(
      classifier: input.classifier, layer: choice.layer, batchSize: options.batch ?? ScoreCAM.defaultBatchSize)
    var progress = Progress(input.stem, isQuiet: common.quiet)
    let passes = try scoreCAM.run(input.network, masking: configuration.masking) { done, total in
      progress.show(done, of: total)
    }
    let passesDone = ContinuousClock.now
    let results = try classes.map { try passes.explain(class: $0, configuration) }

    let writer = ExplanationWriter(
      folder: folder.path, stem: input.stem, passes: passes, canvas: input.canvas,
      style: drawing.style(for: options.preset))
    let files = try results.map { result in
      try writer.writeFiles(
        of: result, caption: caption(result, choice), montage: drawing.montageChannels(for: result))
    }
    let seconds = ExplanationManifest.Timing(
      passes: (passesDone - start).seconds, total: (ContinuousClock.now - start).seconds)
    try writer.write(
      ExplanationManifest(
        try context(choice, passes: passes, batchSize: scoreCAM.batchSize),
        results: zip(results, files).map { result, files in
          ExplanationManifest.ClassResult(result, name: name(of: result.classIndex), files: files)
        }, seconds: seconds))

    for result in results { warn(result) }
    let entries = zip(results, files).map { result, files in
      ExplanationEntry(
        input: input.path, result: result, name: name(of: result.classIndex), choice: choice,
        method: options.method.rawValue, preset: options.preset.rawValue, channels: passes.channelCount,
        constantChannels: passes.constantChannels.count, files: files, seconds: seconds)
    }
    if !common.json { for (index, entry) in entries.enumerated() { printText(entry, choice, isFirst: index == 0) } }
    return entries
  }

  private func chooseLayer() throws -> LayerChoice {
    // The article hooks the convolution itself.
    let hook = options.hook ?? (options.preset.followsArticle && options.layer == "auto" ? .output : nil)
    let choice = try input.classifier.layers.choose(options.layer, hook: hook)
    if let warning = choice.warning, !options.preset.followsArticle { common.say("warning: \(warning)") }
    return choice
  }

  private func chooseClasses() throws -> [Int] {
    let logits = try input.classifier.logits(of: input.network.tensor)
    return try ClassSelection.choose(
      options.classes, ranking: ClassRanking(logits: logits, head: input.classifier.head), labels: pipeline.labels)
  }

  private func name(of index: Int) -> String? { pipeline.labels?.names[index] }

  private func caption(_ result: ScoreCAMResult, _ choice: LayerChoice) -> ExplanationCaption {
    ExplanationCaption(
      classIndex: result.classIndex, className: name(of: result.classIndex), probability: result.probability,
      layer: choice.layer.label, method: "Score-CAM", preset: options.preset.rawValue)
  }

  private func warn(_ result: ScoreCAMResult) {
    for code in result.health.codes {
      common.say("warning: class \(result.classIndex): \(code.rawValue): \(code.explanation)")
    }
  }

  private func context(
    _ choice: LayerChoice, passes: ScoreCAMPasses, batchSize: Int
  ) throws -> ExplanationManifest.Context {
    ExplanationManifest.Context(
      tool: "onnx-lens \(onnxLensVersion)", instructionSet: "\(InstructionSet.current)",
      arithmetic: input.classifier.network.arithmetic.rawValue,
      threads: input.classifier.pool.threadCount, model: try modelFile.get(), opsets: pipeline.model.graph.opsets,
      producer: pipeline.model.producerName,
      input: .init(path: input.path, sha256: try FileDigest.sha256(of: input.path)),
      preprocessing: input.preprocessing, head: input.classifier.head.kind.rawValue,
      batches: try input.classifier.batchSupport.reason, batchSize: batchSize, layer: .init(choice),
      hook: choice.hook.rawValue, method: options.method.rawValue, preset: options.preset.rawValue,
      knobs: configuration.knobs, channels: passes.channelCount, deadChannels: passes.constantChannels.count,
      deadChannelList: passes.constantChannels)
  }

  private func printText(_ entry: ExplanationEntry, _ choice: LayerChoice, isFirst: Bool) {
    if isFirst {
      let shape = choice.layer.shape
      Console.print("\(entry.input)")
      Console.print(
        "  layer    \(choice.layer.label) (\(choice.layer.operatorName)), \(shape[1]) channels of \(shape[2])×\(shape[3])"
      )
      Console.print("           \(choice.reason)")
      Console.print(
        "  preset   \(entry.preset), \(entry.channels) channels, of which \(entry.deadChannels) constant; "
          + String(format: "%.2f s", entry.seconds.total))
    }
    let percent = String(format: "%.1f %%", entry.class.probability * 100)
    Console.print("  class    \(entry.class.index)\(entry.class.name.map { " " + $0 } ?? ""), \(percent)")
    for file in [entry.files.overlay, entry.files.heatmap, entry.files.map].compactMap({ $0 }) {
      Console.print("           \(file)")
    }
    for file in entry.files.montage ?? [] { Console.print("           \(file)") }
  }
}
