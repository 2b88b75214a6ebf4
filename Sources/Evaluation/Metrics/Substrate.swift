import Explain
import Tensors

/// What stands where a picture's pixels are taken away.
public enum Substrate: Sendable, Hashable {
  /// Zeros of the normalised input: the mean colour of the training pictures, where preprocessing takes it off.
  case zeros
  /// The picture's own mean, channel by channel.
  case mean
  /// The picture blurred by a Gaussian; the standard deviation in pixels, nil for a twentieth of the shorter side.
  case blur(standardDeviation: Double?)
  /// Gaussian noise with the picture's own mean and standard deviation, channel by channel.
  case noise

  /// - Parameter text: `zeros`, `mean`, `blur`, `blur:S` or `noise`.
  public init(_ text: String) throws(EvaluationError) {
    switch text {
    case "zeros": self = .zeros
    case "mean": self = .mean
    case "blur": self = .blur(standardDeviation: nil)
    case "noise": self = .noise
    default:
      guard text.hasPrefix("blur:"), let deviation = Double(text.dropFirst("blur:".count)), deviation > 0,
        deviation <= 1000
      else {
        throw EvaluationError(
          .invalidRequest,
          "'\(text)' is no substrate; zeros, mean, noise, blur or blur:S with S pixels, at most 1000, is expected")
      }
      self = .blur(standardDeviation: deviation)
    }
  }

  /// As the command line spells it.
  public var text: String {
    switch self {
    case .zeros: "zeros"
    case .mean: "mean"
    case .blur(let deviation): deviation.map { "blur:\($0)" } ?? "blur"
    case .noise: "noise"
    }
  }

  /// The choice in words.
  var explanation: String {
    switch self {
    case .zeros: "zeros of the normalised input"
    case .mean: "the picture's mean colour"
    case .blur(let deviation):
      "the picture blurred (Gaussian, σ \(deviation.map { "\($0) pixels" } ?? "1/20 of the shorter side"), edges repeated)"
    case .noise: "Gaussian noise of the picture's mean and deviation by channel, seeded"
    }
  }

  /// The substrate of one picture.
  func pixels(for picture: PixelPlanes, seed: UInt64) throws -> PixelPlanes {
    let tensor: Tensor
    switch self {
    case .zeros:
      tensor = Tensor(picture.tensor.shape, [Float](repeating: 0, count: picture.tensor.count))
    case .mean:
      tensor = picture.tensor(
        of: (0..<picture.channelCount).map { channel in
          let mean = Substrate.moments(of: picture.plane(channel)).mean
          return [Float](repeating: Float(mean), count: picture.pixelCount)
        })
    case .blur(let deviation):
      let blur = GaussianBlur(
        standardDeviation: deviation ?? Double(min(picture.width, picture.height)) / 20)
      tensor = try blur.apply(picture.tensor, width: picture.width, height: picture.height, layout: picture.layout)
    case .noise:
      var numbers = SeededNumbers(seed, "substrate")
      tensor = picture.tensor(
        of: (0..<picture.channelCount).map { channel in
          let (mean, deviation) = Substrate.moments(of: picture.plane(channel))
          return (0..<picture.pixelCount).map { _ in Float(mean + deviation * numbers.nextNormal()) }
        })
    }
    return PixelPlanes(tensor, layout: picture.layout)
  }

  /// The mean and the standard deviation, over all values.
  static func moments(of values: [Float]) -> (mean: Double, deviation: Double) {
    let count = Double(max(1, values.count))
    let mean = values.reduce(0) { $0 + Double($1) } / count
    let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    return (mean, variance.squareRoot())
  }
}
