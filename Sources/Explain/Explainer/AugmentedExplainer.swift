import Tensors

/// An explainer's mean map over changed inputs: as it is and mirrored, each with its values times 0.9, 1 and 1.1. Maps
/// of mirrored inputs are mirrored back.
///
/// The changed inputs are tensors without a picture, so methods that mask the picture's own bytes do not apply.
///
/// - Source: the option `aug_smooth` of pytorch-grad-cam 1.5.7.
public struct AugmentedExplainer: Explainer {
  private let base: any Explainer
  public let record: ExplainerRecord

  public init(_ base: any Explainer) {
    self.base = base
    var record = base.record
    record.knobs["smooth"] = "flips and factors 0.9, 1, 1.1"
    self.record = record
  }

  private static let variants: [(isMirrored: Bool, factor: Float)] = [
    (false, 0.9), (false, 1), (false, 1.1), (true, 0.9), (true, 1), (true, 1.1),
  ]

  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let classifier = input.classifier
    let (width, height) = (classifier.width, classifier.height)
    var sums = [[Double]](repeating: [Double](repeating: 0, count: width * height), count: classes.count)
    var notes: [String] = []
    for (number, variant) in AugmentedExplainer.variants.enumerated() {
      let changed = ExplainedInput(
        NetworkInput(tensor: changed(input, variant)), of: classifier, batchSize: input.batchSize)
      let result = try base.explain(changed, classes: classes) { done, total in
        progress(number * total + done, AugmentedExplainer.variants.count * total)
      }
      if number == 0 { notes = result.record.notes }
      for (place, explanation) in result.explanations.enumerated() {
        guard let map = explanation.map?.resized(width: width, height: height) else { continue }
        for y in 0..<height {
          for x in 0..<width {
            let source = y * width + (variant.isMirrored ? width - 1 - x : x)
            sums[place][y * width + x] += Double(map.values[source])
          }
        }
      }
    }
    var record = record
    record.notes = notes
    let count = Double(AugmentedExplainer.variants.count)
    return ExplainerResult(
      zip(classes, sums).map { index, sum in
        Explanation(
          classIndex: index, map: SaliencyMap(width: width, height: height, values: sum.map { Float($0 / count) }))
      }, record: record)
  }

  /// The input's tensor, perhaps mirrored from left to right, times a factor.
  private func changed(_ input: ExplainedInput, _ variant: (isMirrored: Bool, factor: Float)) -> Tensor {
    let classifier = input.classifier
    let (width, channels) = (classifier.width, classifier.channelCount)
    let tensor = input.input.tensor
    let values = tensor.withElements(of: Float.self) { elements in
      elements.indices.map { index -> Float in
        guard variant.isMirrored else { return elements[index] * variant.factor }
        // The elements of a row and what one pixel has of them.
        let pixel = classifier.layout == .nchw ? 1 : channels
        let row = index / (width * pixel)
        let (x, rest) = (index / pixel % width, index % pixel)
        return elements[(row * width + width - 1 - x) * pixel + rest] * variant.factor
      }
    }
    return Tensor(tensor.shape, values)
  }
}
