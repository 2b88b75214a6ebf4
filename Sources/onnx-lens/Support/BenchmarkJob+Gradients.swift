import OnnxLens

extension BenchmarkJob {
  /// The time of a class score's gradients with respect to the input and to the layer, of one image on all threads; nil
  /// where the model has none and nobody asked for it.
  func gradients(on pool: ThreadPool) throws -> BenchmarkReport.GradientTime? {
    do {
      let classifier = try classifier(on: pool)
      let layer = try classifier.layers.choose(options.layer, hook: nil).layer
      common.say("measuring gradients with respect to the input and to \(layer.label)")
      let image = Tensor.noise(classifier.network.imageShape)
      let best = ClassRanking(logits: try classifier.logits(of: image), head: classifier.head).order[0]
      let toInput = try GradientBenchmark(classifier, of: best, withRespectTo: classifier.input)
      let toLayer = try GradientBenchmark(classifier, of: best, withRespectTo: layer.value)
      let forward = classifier.network.program(fetching: [classifier.head.logits])
      var seconds: [[Double]] = [[], [], []]
      // In turn, so that all three meet the same conditions; the first round is not counted.
      for round in 0...options.runs {
        let times = [
          try timed { _ = try forward.run(image) }.seconds, try timed { try toInput.run(image) }.seconds,
          try timed { try toLayer.run(image) }.seconds,
        ]
        if round > 0 { for index in times.indices { seconds[index].append(times[index]) } }
      }
      let medians = seconds.map { RunTimes(seconds: $0).median }
      return .init(
        layer: layer.label, value: layer.valueName, forward: medians[0], input: medians[1], toLayer: medians[2],
        keptBytes: toInput.keptBytes)
    } catch {
      guard options.only.isEmpty, options.layer == "auto", let failure = Failure(error) else { throw error }
      common.say("gradients are left out: \(failure.message)")
      return nil
    }
  }
}

/// A class score's gradient with respect to one value, from an image.
private struct GradientBenchmark {
  private let program: GradientProgram
  private let seed: Tensor

  /// What a pass of one image keeps for its gradient.
  let keptBytes: Int

  init(_ classifier: Classifier, of index: Int, withRespectTo value: ValueID) throws {
    let network = classifier.network
    program = try GradientProgram(
      network, GradientPlan(network.session, of: classifier.head.logits, withRespectTo: [value]))
    let tape = try program.record(.noise(network.imageShape))
    keptBytes = tape.keptBytes
    let score = tape.score
    seed = Tensor(score.shape, (0..<score.count).map { $0 == index ? Float(1) : 0 })
  }

  func run(_ image: Tensor) throws {
    _ = try program.record(image).gradients(seed: seed)
  }
}
