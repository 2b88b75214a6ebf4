public import Explain
public import Imaging

/// How the pictures of an explanation look.
public struct ExplanationStyle: Sendable {
  public let colors: ColorMap

  /// How much of the map's colours shows over the photograph, 0 to 1.
  public let alpha: Float

  /// Whether the overlay is the MATLAB article's: half of the photograph's grey plus jet on black.
  public let followsArticle: Bool

  public init(colors: ColorMap, alpha: Float, followsArticle: Bool) {
    self.colors = colors
    self.alpha = alpha
    self.followsArticle = followsArticle
  }
}

/// The photograph that maps are drawn over, and which part of it the network saw.
public struct ExplanationCanvas: Sendable {
  public let photograph: Image
  public let visibleArea: Rectangle

  public init(photograph: Image, visibleArea: Rectangle) {
    self.photograph = photograph
    self.visibleArea = visibleArea
  }

  /// A canvas for an input without a photograph: its values, moved and scaled to 0…255 over all channels.
  public init(showing input: NetworkInput, layout: Preprocessing.Layout) {
    photograph = Image(showing: input.tensor, of: input, layout: layout)
    visibleArea = Rectangle(x: 0, y: 0, width: photograph.width, height: photograph.height)
  }
}

extension ExplanationStyle {
  /// The map in colours, at the photograph's size.
  func heatMap(of map: SaliencyMap, on canvas: ExplanationCanvas) -> Image {
    let (width, height) = (canvas.photograph.width, canvas.photograph.height)
    return map.heatMap.placed(in: canvas.visibleArea, width: width, height: height).colored(colors)
  }

  /// The map over the photograph.
  func blend(of map: SaliencyMap, on canvas: ExplanationCanvas) -> Image {
    followsArticle
      ? ArticleRendering.picture(of: canvas.photograph, with: map.heatMap)
      : canvas.photograph.overlaid(with: map.heatMap, colors, alpha: alpha, in: canvas.visibleArea)
  }

  /// The map over the photograph, with a colour bar and a caption.
  func overlay(of map: SaliencyMap, on canvas: ExplanationCanvas, caption: ExplanationCaption) -> Image {
    Figure(
      picture: blend(of: map, on: canvas), colorBar: followsArticle ? ArticleRendering.colors : colors,
      caption: caption.text
    ).rendered()
  }

  /// The hooked channels of the largest weights as pictures, and the inputs that they mask.
  func montages(
    of weights: ChannelWeights, passes: ScoreCAMPasses, channels: [Int], caption: ExplanationCaption
  ) throws -> (featureMaps: Image, maskedInputs: Image) {
    let maps = passes.featureMaps(of: channels)
    let inputs = try passes.maskedInputs(of: channels)
    func label(_ channel: Int) -> String { "\(channel): \(decimal(weights.weights[channel], significant: 3))" }
    let subtitle = (caption.layer.map { "\($0), " } ?? "") + "channel: weight"
    return (
      Montage(
        title: "Feature maps for \(caption.shortClass)", subtitle: subtitle,
        tiles: zip(channels, maps).map { channel, map in
          Montage.Tile(picture: map.heatMap.normalized().colored(colors), caption: label(channel))
        }
      ).rendered(),
      Montage(
        title: "Masked inputs for \(caption.shortClass)", subtitle: subtitle,
        tiles: zip(channels, inputs).map { channel, input in
          Montage.Tile(
            picture: Image(showing: input, of: passes.input, layout: passes.classifier.layout), caption: label(channel))
        }
      ).rendered()
    )
  }
}

extension SaliencyMap {
  fileprivate var heatMap: HeatMap { HeatMap(width: width, height: height, values: values) }
}
