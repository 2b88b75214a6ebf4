import Imaging
import Tensors

/// LIME: a linear model of which superpixels raise the class's probability, fitted to random selections of them.
///
/// Superpixels that a selection leaves out are blanked with their mean. Selections count by their nearness to the whole
/// picture: √exp(−d²/w²) with d the cosine distance. A pixel's value is its superpixel's coefficient in a ridge
/// regression; the map is ReLU of that, brought to 0…1. No layer is hooked.
///
/// - Source: Ribeiro, Singh and Guestrin, "“Why Should I Trust You?”: Explaining the Predictions of Any Classifier", KDD
///   2016; choices that the paper leaves open are those of the authors' library, but for the superpixels, which are
///   SLIC's.
public struct LIME: Explainer {
  public static let samples = MethodParameter.whole("samples", 1000, 2...1_000_000, "random selections of superpixels")
  public static let superpixels = MethodParameter.whole("superpixels", 50, 2...1000, "superpixels to aim at")
  public static let compactness = MethodParameter.number(
    "compactness", 10, 0.01...1000, "weight of place beside colour in superpixels")
  public static let kernelWidth = MethodParameter.number(
    "kernel-width", 0.25, 0.001...1000, "distance at which selections count for less")
  public static let penalty = MethodParameter.number(
    "penalty", 1, 1e-9...1e9, "factor of the squared coefficients in the fit")
  static let parameters = [samples, superpixels, compactness, kernelWidth, penalty]

  private let options: ExplainerOptions
  public let record: ExplainerRecord

  init(_ options: ExplainerOptions) {
    self.options = options
    record = ExplainerRecord(
      method: ExplanationMethod.lime.name, knobs: options.knobs(LIME.parameters), seed: options.seed)
  }

  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let classifier = input.classifier
    let regions = Superpixels(
      of: LIME.picture(of: input), count: options[whole: LIME.superpixels], compactness: options[LIME.compactness])
    let selections = LIME.selections(
      count: options[whole: LIME.samples], of: regions.count, seed: options.seed)
    let blanked = LIME.blanked(input.input.tensor, regions, layout: classifier.layout)
    let (pixelCount, channels) = (regions.labels.count, classifier.channelCount)
    let logits = try input.logits(images: selections.count, progress: progress) {
      [tensor = input.input.tensor, layout = classifier.layout] index, image in
      let selection = selections[index]
      tensor.withElements(of: Float.self) { elements in
        for place in image.indices {
          let pixel = layout == .nchw ? place % pixelCount : place / channels
          image[place] = selection[regions.labels[pixel]] ? elements[place] : blanked[place]
        }
      }
    }
    let probabilities = input.probabilities(of: classes, in: logits)
    let rows = selections.map { $0.map { $0 ? 1.0 : 0.0 } }
    let weights = rows.map { LIME.nearness($0, width: options[LIME.kernelWidth]) }
    var record = record
    record.notes = ["\(regions.count) superpixels"]
    return ExplainerResult(
      classes.enumerated().map { place, index in
        let coefficients = RidgeRegression.fit(
          rows, targets: probabilities.map { $0[place] }, weights: weights, penalty: options[LIME.penalty])
        let map = SaliencyMap(
          width: regions.width, height: regions.height, values: regions.labels.map { Float(coefficients[$0]) })
        return Explanation(classIndex: index, map: map.finished(for: classifier))
      }, record: record)
  }

  /// The picture to divide: as it is, or for a tensor its first channels, brought to bytes.
  private static func picture(of input: ExplainedInput) -> Image {
    if let picture = input.input.picture { return picture.image }
    let classifier = input.classifier
    let (width, height, channels) = (classifier.width, classifier.height, classifier.channelCount)
    let elements = input.input.tensor.elements(of: Float.self)
    let (low, high) = input.input.tensor.extremes
    let scale = high > low ? 255 / (high - low) : 0
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * width * height)
    for pixel in 0..<width * height {
      for channel in 0..<3 {
        let value = elements[
          classifier.layout.place(
            channel: min(channel, channels - 1), pixel: pixel, channels: channels, pixels: width * height)]
        pixels.append(UInt8(min(max((value - low) * scale, 0), 255)))
      }
    }
    return Image(width: width, height: height, pixels: pixels)
  }

  /// Which superpixels each sample keeps: all of them first, then each with probability one half.
  static func selections(count: Int, of regions: Int, seed: UInt64) -> [[Bool]] {
    let field = RandomField(seed: seed)
    return (0..<count).map { sample in
      (0..<regions).map { sample == 0 || field.uniform(sample * regions + $0) < 0.5 }
    }
  }

  /// The input with every superpixel at its mean, channel by channel.
  private static func blanked(_ tensor: Tensor, _ regions: Superpixels, layout: Preprocessing.Layout) -> [Float] {
    var elements = tensor.elements(of: Float.self)
    let pixelCount = regions.labels.count
    let channels = elements.count / max(pixelCount, 1)
    for channel in 0..<channels {
      func place(_ pixel: Int) -> Int {
        layout.place(channel: channel, pixel: pixel, channels: channels, pixels: pixelCount)
      }
      var sums = [Double](repeating: 0, count: regions.count)
      var counts = [Double](repeating: 0, count: regions.count)
      for (pixel, label) in regions.labels.enumerated() {
        sums[label] += Double(elements[place(pixel)])
        counts[label] += 1
      }
      for (pixel, label) in regions.labels.enumerated() { elements[place(pixel)] = Float(sums[label] / counts[label]) }
    }
    return elements
  }

  /// How much a selection counts.
  private static func nearness(_ row: [Double], width: Double) -> Double {
    // The cosine of the angle to a row of ones; a row of zeros is at right angles to it.
    let cosine = (row.reduce(0, +) / Double(max(row.count, 1))).squareRoot()
    let distance = 1 - cosine
    return exp(-(distance * distance) / (width * width)).squareRoot()
  }
}

extension ExplanationMethod {
  public static let lime = ExplanationMethod(
    "lime", title: "LIME", summary: "superpixels by their coefficients in a linear model of the class's probability",
    hooksLayer: false, parameters: LIME.parameters
  ) { LIME($0) }
}
