import Tensors

/// Occlusion sensitivity: what the class's probability loses where a window of the input is blanked out.
///
/// A square window moves over the input in equal steps, and once more to stand flush with the end; within it the input is
/// set to one value, 0 by default, which is the mean colour where preprocessing takes the mean off. A pixel's value is
/// the mean of p − p_window over the windows that cover it. The map is ReLU of that, brought to 0…1. No layer is hooked.
///
/// - Source: Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014, section 4.2.
public struct Occlusion: Explainer {
  public static let window = MethodParameter.whole("window", 32, 1...4096, "side of the window in pixels")
  public static let step = MethodParameter.whole("step", 16, 1...4096, "pixels between windows")
  public static let fill = MethodParameter.number("fill", 0, -1e6...1e6, "what the input is set to in the window")
  static let parameters = [window, step, fill]

  public let windowSide: Int
  public let stepSize: Int
  public let fillValue: Float
  public let record: ExplainerRecord

  init(_ options: ExplainerOptions) {
    windowSide = options[whole: Occlusion.window]
    stepSize = options[whole: Occlusion.step]
    fillValue = Float(options[Occlusion.fill])
    record = ExplainerRecord(
      method: ExplanationMethod.occlusion.name, knobs: options.knobs(Occlusion.parameters))
  }

  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let classifier = input.classifier
    let (width, height, layout) = (classifier.width, classifier.height, classifier.layout)
    let columns = windows(along: width)
    let rows = windows(along: height)
    let windows = rows.flatMap { row in columns.map { (rows: row, columns: $0) } }
    let channels = classifier.channelCount
    let logits = try input.logits(images: windows.count, progress: progress) {
      [tensor = input.input.tensor, fillValue] index, image in
      tensor.withElements(of: Float.self) { _ = image.update(fromContentsOf: $0) }
      for y in windows[index].rows {
        for x in windows[index].columns {
          for channel in 0..<channels {
            let place = layout.place(
              channel: channel, pixel: y * width + x, channels: channels, pixels: width * height)
            image[place] = fillValue
          }
        }
      }
    }
    let whole = try input.probabilities
    let occluded = input.probabilities(of: classes, in: logits)
    return ExplainerResult(
      classes.enumerated().map { place, index in
        var sum = [Double](repeating: 0, count: width * height)
        var count = [Double](repeating: 0, count: width * height)
        for (window, probabilities) in zip(windows, occluded) {
          for y in window.rows {
            for x in window.columns {
              sum[y * width + x] += whole[index] - probabilities[place]
              count[y * width + x] += 1
            }
          }
        }
        // Steps longer than the window leave gaps.
        let map = SaliencyMap(
          width: width, height: height, values: zip(sum, count).map { $1 > 0 ? Float($0 / $1) : 0 })
        return Explanation(classIndex: index, map: map.finished(for: classifier))
      }, record: record)
  }

  /// The windows along an axis.
  private func windows(along extent: Int) -> [Range<Int>] {
    let side = min(windowSide, extent)
    var starts = Array(stride(from: 0, through: extent - side, by: stepSize))
    if starts.last! + side < extent { starts.append(extent - side) }
    return starts.map { $0..<$0 + side }
  }
}

extension ExplanationMethod {
  public static let occlusion = ExplanationMethod(
    "occlusion", title: "Occlusion", summary: "what the class's probability loses where a window is blanked out",
    hooksLayer: false, parameters: Occlusion.parameters
  ) { Occlusion($0) }
}
