public import ArgumentParser
public import OnnxLens

extension ScoreCAMPreset: ExpressibleByArgument {}
extension Hook: ExpressibleByArgument {}
extension ScoreCAMConfiguration.Score: ExpressibleByArgument {}
extension ScoreCAMConfiguration.MaskDomain: ExpressibleByArgument {}
extension ScoreCAMConfiguration.Upsampling: ExpressibleByArgument {}
extension ScoreCAMConfiguration.Normalization: ExpressibleByArgument {}
extension ScoreCAMConfiguration.Combination: ExpressibleByArgument {}

extension FusedExplainer.Fusion: ExpressibleByArgument {}

/// What to explain, and how.
struct ExplainOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The layer to hook: auto (the default), a node's, value's or module's name or a unique end of one, or conv:-1; "
        + "repeatable, to put the maps of several layers together.", valueName: "name"))
  var layer: [String] = []

  @Option(help: "How the maps of several layers are put together.")
  var fuse: FusedExplainer.Fusion?

  @Flag(help: "Take the mean map of the picture and its mirror image, each in three contrasts.")
  var smooth = false

  @Option(
    help: ArgumentHelp(
      "What to take at the layer: its own output (default for a named layer) or the activation that follows (default "
        + "for auto).", valueName: "kind"))
  var hook: Hook?

  @Option(help: ArgumentHelp("The method, several with commas between, or all.", valueName: "name"))
  var method = MethodList(methods: [.scoreCAM])

  @Option(
    help: ArgumentHelp(
      "A parameter of the methods, such as masks=4000, or of one of them, such as lime.samples=500; repeatable.",
      valueName: "name=value"))
  var set: [String] = []

  @Option(help: ArgumentHelp("What the method's random numbers follow from.", valueName: "n"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp("The implementation to reproduce, several with commas between, or all.", valueName: "name"))
  var preset = PresetList(presets: [.paper])

  @Option(
    name: .customLong("class"),
    help: ArgumentHelp(
      "A class to explain: its index, its name, or top:K for the K likeliest; repeatable; top:1 by default.",
      valueName: "class"))
  var classes: [String] = []

  @Option(help: ArgumentHelp("Masked pictures that a thread runs at a time, at most.", valueName: "n"))
  var batch: Int?

  @Option(help: ArgumentHelp("The most memory for tensors, such as 500M or 2G.", valueName: "size"))
  var maxMemory: ByteCount?

  @Option(help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var output = "onnx-lens-out"

  @Flag(help: "Also write a page (HTML, one file) on each picture, to look at and to pass on.")
  var report = false

  /// The values given with `--set`.
  func settings() throws -> MethodSettings { try MethodSettings(set, for: method.methods) }

  func validate() throws {
    _ = try settings()
    if fuse != nil, layer.count < 2 {
      throw ValidationError("--fuse \(fuse!.rawValue): name two layers or more with --layer")
    }
    try check(batch: batch)
  }
}

/// A number of bytes, such as `500M`.
struct ByteCount: ExpressibleByArgument {
  let bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let units: [Character: Int] = ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
    let unit = argument.lowercased().last.flatMap { units[$0] }
    guard let number = Int(unit == nil ? argument[...] : argument.dropLast()), number > 0 else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
    guard !overflow else { return nil }
    self.init(bytes: bytes)
  }

  var defaultValueDescription: String {
    bytes % (1 << 30) == 0 ? "\(bytes >> 30)G" : String(bytes)
  }
}
