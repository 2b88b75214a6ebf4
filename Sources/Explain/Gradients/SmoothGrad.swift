import Execution
import Kernels
import Tensors

/// Noise on pictures: normally distributed values that follow from a seed.
struct PictureNoise: Sendable {
  let seed: UInt64

  /// A picture with the noise of a sample added.
  func added(to image: Tensor, sample: Int, deviation: Double, pool: ThreadPool) throws -> Tensor {
    let field = RandomField(seed: seed, stream: UInt64(sample))
    return try image.withElements(of: Float.self) { elements in
      try Tensor(image.shape, of: Float.self) { target in
        nonisolated(unsafe) let (from, to) = (elements, target)
        pool.forEachChunk(of: image.count, size: 4096) { places in
          for place in places { to[place] = from[place] + Float(deviation * field.normal(place)) }
        }
      }
    }
  }
}

/// The mean gradient over copies of the picture with noise added; the map is the largest magnitude of a pixel's channels.
///
/// The noise's standard deviation is a share of the range of the picture as the network takes it.
///
/// - Source: Smilkov et al., "SmoothGrad", arXiv 1706.03825, section 2.
public struct SmoothGrad: Explainer {
  public let samples: Int
  public let spread: Double
  public let seed: UInt64
  public let choices: GradientChoices
  public let record: ExplainerRecord

  private let gradients: ClassGradients

  public static let samplesParameter = MethodParameter.whole(
    "samples", 25, 1...100_000, "how many copies with noise")
  public static let spreadParameter = MethodParameter.number(
    "spread", 0.15, 0...10, "the noise's standard deviation as a share of the picture's range")

  /// - Precondition: there is a sample, and `spread` is not negative.
  public init(samples: Int, spread: Double, seed: UInt64, choices: GradientChoices = GradientChoices()) {
    precondition(samples > 0 && spread >= 0)
    self.samples = samples
    self.spread = spread
    self.seed = seed
    self.choices = choices
    record = ExplainerRecord(
      method: ExplanationMethod.smoothGrad.name,
      knobs: choices.knobs(["samples": "\(samples)", "spread": "\(spread)"]), seed: seed)
    gradients = ClassGradients(options: choices.options())
  }

  /// Complexity: for each sample a forward pass, and for each class a pass back to the picture.
  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let (image, classifier) = (input.input.tensor, input.classifier)
    let noise = PictureNoise(seed: seed)
    let (low, high) = image.extremes
    let deviation = spread * Double(high - low)
    var sums = classes.map { _ in TensorSum(image.shape) }
    try gradients.forEach(samples, classifier) { sample in
      try noise.added(to: image, sample: sample, deviation: deviation, pool: classifier.pool)
    } gradients: { pass in
      try classes.map { try pass.gradient(ofClass: $0, choices.score) }
    } take: { sample, gradients in
      for (place, gradient) in gradients.enumerated() { sums[place].add(gradient) }
      progress(sample + 1, samples)
    }
    return ExplainerResult(
      zip(classes, sums).map { index, sum in
        Explanation(classIndex: index, map: classifier.largestMagnitudes(of: sum.mean))
      }, record: record)
  }
}

/// The sum of float32 tensors of one shape, in double precision.
struct TensorSum {
  private let shape: Shape
  private var sums: [Double]
  private var count = 0

  init(_ shape: Shape) {
    self.shape = shape
    sums = [Double](repeating: 0, count: shape.count)
  }

  mutating func add(_ tensor: Tensor, weight: Double = 1) {
    count += 1
    tensor.withElements(of: Float.self) { elements in
      for index in elements.indices { sums[index] += weight * Double(elements[index]) }
    }
  }

  /// The mean of what was added with the weight 1.
  var mean: Tensor { scaled(by: 1 / Double(max(count, 1))) }

  func scaled(by factor: Double) -> Tensor { Tensor(shape, sums.map { Float($0 * factor) }) }
}

extension ExplanationMethod {
  public static let smoothGrad = ExplanationMethod(
    "smoothgrad", title: "SmoothGrad", summary: "the mean gradient over copies of the picture with noise added",
    hooksLayer: false,
    parameters: [SmoothGrad.samplesParameter, SmoothGrad.spreadParameter] + GradientChoices.parameters
  ) { options in
    SmoothGrad(
      samples: options[whole: SmoothGrad.samplesParameter], spread: options[SmoothGrad.spreadParameter],
      seed: options.seed, choices: GradientChoices(options))
  }
}
