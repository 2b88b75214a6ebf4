import Explain
import Foundation
import Imaging
import Tensors

/// What the scripts of a report on explanations read.
struct ExplanationPageData: Encodable {
  struct Area: Encodable {
    let x: Int
    let y: Int
    let width: Int
    let height: Int
  }

  struct Colors: Encodable {
    let name: String
    /// Red, green and blue of each colour, a byte each, in Base64.
    let colors: String
  }

  /// One class by one method.
  struct Entry: Encodable {
    let title: String
    let subtitle: String
    let method: String
    /// nil where the method gave no map.
    let map: PageMap?
    /// The place in `layers` of the hooked layer; nil without one.
    let layer: Int?
    /// nil for methods that do not weigh channels.
    let rows: [ChannelRow]?
    /// How many channels the layer has.
    let channels: Int?
    let notes: [String]
  }

  /// The photograph's size, and what the network saw of it.
  let width: Int
  let height: Int
  let area: Area
  let alpha: Double
  let colorMap: String
  let colorMaps: [Colors]

  /// What a place is in the picture where a mask is 0: red, green and blue.
  let background: [Int]
  let layers: [PageFeatureMaps]
  let entries: [Entry]

  private static let mapBudget = 1_000_000
  private static let featureMapBudget = 500_000
  private static let rowBudget = 12_000

  init(_ page: ExplanationPage, _ photograph: PagePhotograph) throws {
    width = photograph.width
    height = photograph.height
    area = Area(
      x: photograph.area.x, y: photograph.area.y, width: photograph.area.width, height: photograph.area.height)
    alpha = Double(page.style.alpha)
    colorMap = page.style.colors.name
    // The style's own colours in place of the map of the same name: the article's jet has one colour fewer.
    colorMaps = ColorMap.all.map { map in
      let colors = map.name == page.style.colors.name ? page.style.colors.colors : map.colors
      return Colors(
        name: map.name, colors: Data(colors.flatMap { [$0.red, $0.green, $0.blue] }).base64EncodedString())
    }
    background = Self.background(page)

    let results = page.runs.flatMap { run in run.result.explanations.map { (run, $0) } }
    let mapCount = max(1, results.count + page.comparisons.count)
    let mapSide = min(256, Int((Double(Self.mapBudget) / Double(2 * mapCount)).squareRoot()))
    let rowLimit = min(4096, max(64, Self.rowBudget / max(1, results.count)))
    var places: [Int: Int] = [:]
    var activations: [LayerActivation] = []
    for run in page.runs where run.result.explanations.contains(where: { $0.channels != nil }) {
      guard let layer = run.choice?.layer, places[layer.value.index] == nil else { continue }
      places[layer.value.index] = activations.count
      activations.append(LayerActivation(try page.subject.activation(of: layer)))
    }
    let probabilities = try page.subject.probabilities
    var wanted = [Set<Int>](repeating: [], count: activations.count)
    var entries: [Entry] = []
    for (run, explanation) in results {
      let place = run.choice.flatMap { places[$0.layer.value.index] }
      var rows: [ChannelRow]?
      if let place, let channels = explanation.channels {
        let shown = ChannelRow.rows(of: channels, activations[place], limit: rowLimit)
        wanted[place].formUnion(shown.map(\.channel))
        rows = shown
      }
      let preset = run.result.record.preset.map { ", preset \($0)" } ?? ""
      entries.append(
        Entry(
          title: page.title(ofClass: explanation.classIndex),
          subtitle: ExplanationPage.subtitle(
            ofClass: explanation.classIndex, probability: probabilities[explanation.classIndex]),
          method: run.title + preset, map: explanation.map.map { PageMap($0, side: mapSide) },
          layer: rows == nil ? nil : place, rows: rows, channels: explanation.channels?.weights.count,
          notes: explanation.health.codes.map(\.explanation)))
    }
    self.entries = entries + page.agreementEntries(side: mapSide, probabilities: probabilities)
    layers = activations.enumerated().map { place, activation in
      PageFeatureMaps(
        activation, channels: wanted[place].sorted(), budget: Self.featureMapBudget / activations.count)
    }
  }

  private static func background(_ page: ExplanationPage) -> [Int] {
    let input = page.subject.input
    let domains = page.runs.compactMap { $0.result.record.knobs["mask-domain"] }
    guard domains.first ?? "normalised" == "normalised" else { return [0, 0, 0] }
    let shape = input.tensor.shape
    let zero = Image(
      showing: Tensor(shape, [Float](repeating: 0, count: shape.count)), of: input,
      layout: page.subject.classifier.layout)[0, 0]
    return [Int(zero.red), Int(zero.green), Int(zero.blue)]
  }
}
