public import ArgumentParser
public import OnnxLens

extension EvaluationSettings.Target: ExpressibleByArgument {}

/// What to evaluate, and by which protocol.
struct EvaluateOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The methods, comma-separated, or all.", valueName: "names"))
  var methods = ExplanationMethod.scoreCAM.name

  @Option(
    help: ArgumentHelp(
      "The metrics, comma-separated; standard and all stand for several: "
        + Metric.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "names"))
  var metrics = "standard"

  @Option(
    help: ArgumentHelp(
      "The class to explain: the likeliest one, or the one that the data set names.", valueName: "kind")
  )
  var target = EvaluationSettings.Target.predicted

  @Option(help: ArgumentHelp("The folder that the data set's files are relative to.", valueName: "folder"))
  var images: String?

  @Option(help: ArgumentHelp("Evaluate only the first pictures of the data set.", valueName: "n"))
  var limit: Int?

  @Option(help: ArgumentHelp("Evaluate one of N parts, for merge to put together.", valueName: "i/n"))
  var shard: String?

  @Option(help: ArgumentHelp("Steps of insertion and deletion.", valueName: "n"))
  var steps = 100

  @Option(
    help: ArgumentHelp("What pixels are put back over: zeros, mean, blur, blur:S or noise.", valueName: "substrate"))
  var insertionSubstrate = "blur"

  @Option(
    help: ArgumentHelp("What stands for pixels taken away: zeros, mean, blur, blur:S or noise.", valueName: "substrate")
  )
  var deletionSubstrate = "zeros"

  @Option(help: ArgumentHelp("Percentages of pixels that stay in ROAD, comma-separated.", valueName: "list"))
  var roadPercentages = Road.standardPercentages.map(String.init).joined(separator: ",")

  @Option(help: ArgumentHelp("Deviation of the noise on imputed pixels in ROAD.", valueName: "x"))
  var roadNoise = 0.01

  @Option(help: ArgumentHelp("Pixels that a maximum may lie outside of a box.", valueName: "n"))
  var pointingMargin = 0.0

  @Option(help: ArgumentHelp("The most layers that sanity checks randomise.", valueName: "n"))
  var sanityLayers = 8

  @Option(help: ArgumentHelp("Bootstrap samples of each interval.", valueName: "n"))
  var resamples = 1000

  @Option(help: ArgumentHelp("Confidence of the intervals.", valueName: "share"))
  var confidence = 0.95

  @Flag(help: "Also write a page (HTML, one file) with tables and curves.")
  var report = false

  /// - Throws: `EvaluationError` for names and values that make no sense.
  func settings(seed: UInt64) throws -> EvaluationSettings {
    var settings = EvaluationSettings()
    settings.metrics = try Metric.list(metrics)
    settings.target = target
    settings.seed = seed
    settings.stepCount = steps
    settings.insertionSubstrate = try Substrate(insertionSubstrate)
    settings.deletionSubstrate = try Substrate(deletionSubstrate)
    settings.roadPercentages = try percentages()
    settings.roadNoise = roadNoise
    settings.pointingMargin = pointingMargin
    settings.sanityLayers = sanityLayers
    return settings
  }

  /// The methods that are asked for, each once.
  func chosenMethods() throws -> [ExplanationMethod] {
    if methods == "all" { return ExplanationMethod.all }
    var chosen: [ExplanationMethod] = []
    for name in methods.split(separator: ",").map(String.init) where !chosen.contains(where: { $0.name == name }) {
      guard let method = ExplanationMethod.named(name) else {
        throw ValidationError(
          "--methods: there is no '\(name)'; there are \(ExplanationMethod.all.map(\.name).joined(separator: ", "))")
      }
      chosen.append(method)
    }
    return chosen
  }

  private func percentages() throws -> [Int] {
    let numbers = roadPercentages.split(separator: ",").map { Int($0) }
    guard !numbers.isEmpty, numbers.allSatisfy({ $0.map { (1...99).contains($0) } ?? false }) else {
      throw ValidationError("--road-percentages \(roadPercentages): numbers from 1 to 99 are expected")
    }
    return numbers.compactMap { $0 }
  }

  func validate() throws {
    func check(_ holds: Bool, _ text: String) throws { if !holds { throw ValidationError(text) } }
    try check((1...100_000).contains(steps), "--steps \(steps): a number from 1 to 100000 is expected")
    try check((1...10_000).contains(sanityLayers), "--sanity-layers \(sanityLayers): 1 to 10000 is expected")
    try check((1...1_000_000).contains(resamples), "--resamples \(resamples): 1 to 1000000 is expected")
    try check(confidence > 0 && confidence < 1, "--confidence \(confidence): a share between 0 and 1 is expected")
    try check((0...1000).contains(roadNoise), "--road-noise \(roadNoise): a number from 0 to 1000 is expected")
    try check((0...10_000).contains(pointingMargin), "--pointing-margin \(pointingMargin): 0 to 10000 is expected")
    try check(limit.map { $0 >= 1 } ?? true, "--limit: a number from 1 on is expected")
    do {
      _ = try settings(seed: 0)
      _ = try shard.map { try Shard($0) }
    } catch let error as EvaluationError {
      throw ValidationError(error.message)
    }
    try check(!chosenMethods().isEmpty && !settings(seed: 0).metrics.isEmpty, "name at least one method and metric")
  }
}
