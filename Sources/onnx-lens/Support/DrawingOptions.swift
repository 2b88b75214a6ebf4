import ArgumentParser
import OnnxLens

/// How maps are drawn.
struct DrawingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The map's colours: \(ColorMap.names.joined(separator: ", ")). Default: turbo; jet for the MATLAB presets.",
      valueName: "name"))
  var colormap: String?

  @Option(help: ArgumentHelp("How much of the map's colours shows over the photograph, 0 to 1.", valueName: "share"))
  var alpha: Float = 0.5

  @Option(
    help: ArgumentHelp(
      "Also draw the feature maps and masked inputs of the N channels with the largest weights.", valueName: "n"))
  var montage: Int?

  @Option(
    help: ArgumentHelp("Draw these channels' feature maps and masked inputs, such as 3,17,200.", valueName: "list"))
  var channels: String?

  func validate() throws {
    if let colormap, ColorMap.named(colormap) == nil {
      throw ValidationError("--colormap \(colormap): one of \(ColorMap.names.joined(separator: ", ")) is expected")
    }
    guard (0...1).contains(alpha) else { throw ValidationError("--alpha \(alpha): a number from 0 to 1 is expected") }
    if let montage, !(1...400).contains(montage) {
      throw ValidationError("--montage \(montage): a number from 1 to 400 is expected")
    }
    if channels != nil, montage != nil {
      throw ValidationError("--montage and --channels exclude each other")
    }
    _ = try channelList()
  }

  /// The look of a preset's pictures.
  func style(for preset: ScoreCAMPreset) -> ExplanationStyle {
    let named = colormap.flatMap { ColorMap.named($0) }
    return ExplanationStyle(
      colors: named ?? (preset.followsArticle ? .jet(entries: 255) : .turbo), alpha: alpha,
      followsArticle: preset.followsArticle && named == nil)
  }

  /// The channels to draw for an explanation; none where nothing was asked for.
  ///
  /// - Throws: `Failure` where a channel is asked for that the layer does not have.
  func montageChannels(for weights: ChannelWeights) throws -> [Int] {
    if let list = try channelList() {
      if let wrong = list.first(where: { !weights.weights.indices.contains($0) }) {
        throw Failure(
          .invalidRequest, "--channels \(wrong): the layer's channels are 0 to \(weights.weights.count - 1)")
      }
      return list
    }
    return Array(weights.byWeight.prefix(montage ?? 0))
  }

  private func channelList() throws -> [Int]? {
    guard let channels else { return nil }
    let list = channels.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard !list.isEmpty, list.count <= 400, list.allSatisfy({ $0 != nil && $0! >= 0 }) else {
      throw ValidationError("--channels \(channels): up to 400 channel numbers with commas between are expected")
    }
    return list.compactMap { $0 }
  }
}
