import Execution
import Imaging
import Tensors

/// What becomes of a signed value for each channel of each pixel.
public enum PixelReduction: String, Sendable, CaseIterable {
  /// The sum over the channels where it is positive, brought to 0…1: what speaks for the class.
  case positive
  /// The magnitude of the sum over the channels, brought to 0…1.
  case magnitude
  /// The sum over the channels as it is: all values of the map add up to the sum of the tensor.
  case signed

  static let parameter = MethodParameter.whole(
    "sign", 0, 0...2, "what the map shows of a pixel's sum: 0 where it is positive, 1 its magnitude, 2 the sum as it is"
  )

  /// As the parameter gives it.
  var knob: String { "\(Self.allCases.firstIndex(of: self)!)" }

  init(_ options: ExplainerOptions) { self = Self.allCases[options[whole: Self.parameter]] }
}

extension Classifier {
  /// The values of all channels of each pixel of a tensor of the input's shape.
  private func pixels(of tensor: Tensor, _ reduce: (_ channels: [Float]) -> Double) -> SaliencyMap {
    let values = tensor.withElements(of: Float.self) { elements in
      (0..<height * width).map { pixel in
        Float(
          reduce(
            (0..<channelCount).map { channel in
              elements[layout.place(channel: channel, pixel: pixel, channels: channelCount, pixels: height * width)]
            }))
      }
    }
    return SaliencyMap(width: width, height: height, values: values)
  }

  /// The largest magnitude of each pixel's channels, brought to 0…1.
  ///
  /// - Source: Simonyan et al., "Deep Inside Convolutional Networks", arXiv 1312.6034, section 3.1.
  func largestMagnitudes(of tensor: Tensor) -> SaliencyMap {
    var map = pixels(of: tensor) { channels in channels.reduce(0.0) { max($0, Double($1.magnitude)) } }
    map.normalize()
    return map
  }

  /// The sum over each pixel's channels.
  func sums(of tensor: Tensor, _ reduction: PixelReduction) -> SaliencyMap {
    var map = pixels(of: tensor) { channels in channels.reduce(0.0) { $0 + Double($1) } }
    switch reduction {
    case .signed: return map
    case .positive: map.rectify()
    case .magnitude: for index in map.values.indices { map.values[index] = map.values[index].magnitude }
    }
    map.normalize()
    return map
  }
}

/// Explanations by the gradient of a class's score with respect to the picture.
public struct InputGradient: Explainer {
  /// What is made of the gradient.
  public enum Form: String, Sendable, CaseIterable {
    /// The largest magnitude of a pixel's channels.
    ///
    /// - Source: Simonyan et al., "Deep Inside Convolutional Networks", arXiv 1312.6034, section 3.1.
    case saliency
    /// The gradient times the picture as the network takes it.
    ///
    /// - Source: Shrikumar et al., "Not Just a Black Box", arXiv 1605.01713, section 3.
    case gradientTimesInput = "gradient-x-input"
    /// The largest magnitude of a gradient that passes each Relu only where it is positive itself.
    ///
    /// - Source: Springenberg et al., "Striving for Simplicity", arXiv 1412.6806, section 3.4.
    case guidedBackpropagation = "guided-backprop"
  }

  public let form: Form
  public let choices: GradientChoices
  public let reduction: PixelReduction
  public let record: ExplainerRecord

  private let gradients: ClassGradients

  /// - Parameter reduction: of the gradient times the input.
  public init(
    _ form: Form, choices: GradientChoices = GradientChoices(), reduction: PixelReduction = .positive
  ) {
    self.form = form
    self.choices = choices
    self.reduction = reduction
    record = ExplainerRecord(
      method: form.rawValue, knobs: choices.knobs(form == .gradientTimesInput ? ["sign": reduction.knob] : [:]))
    gradients = ClassGradients(options: choices.options(form == .guidedBackpropagation ? .guided : .standard))
  }

  /// Complexity: a forward pass, and for each class a pass back to the picture.
  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let (image, classifier) = (input.input.tensor, input.classifier)
    let pass = try gradients.pass(image, classifier)
    let explanations = try classes.enumerated().map { number, index in
      let gradient = try pass.gradient(ofClass: index, choices.score)
      progress(number + 1, classes.count)
      let map =
        form == .gradientTimesInput
        ? classifier.sums(of: gradient.multiplied(by: image), reduction) : classifier.largestMagnitudes(of: gradient)
      return Explanation(classIndex: index, map: map)
    }
    return ExplainerResult(explanations, record: record)
  }
}

extension Tensor {
  /// The products of two float32 tensors' elements.
  func multiplied(by other: Tensor) -> Tensor {
    withElements(of: Float.self) { left in
      other.withElements(of: Float.self) { right in Tensor(shape, left.indices.map { left[$0] * right[$0] }) }
    }
  }
}

extension ExplanationMethod {
  public static let saliency = ExplanationMethod(
    "saliency", title: "Saliency", summary: "how much the class's score changes with each pixel", hooksLayer: false,
    parameters: GradientChoices.parameters
  ) { InputGradient(.saliency, choices: GradientChoices($0)) }

  public static let gradientTimesInput = ExplanationMethod(
    "gradient-x-input", title: "Gradient × input",
    summary: "each pixel's share in the score, as far as the score is linear in the picture", hooksLayer: false,
    parameters: GradientChoices.parameters + [PixelReduction.parameter]
  ) { InputGradient(.gradientTimesInput, choices: GradientChoices($0), reduction: PixelReduction($0)) }

  public static let guidedBackpropagation = ExplanationMethod(
    "guided-backprop", title: "Guided Backpropagation",
    summary: "the gradient where it stays positive at every rectifier on its way", hooksLayer: false,
    parameters: GradientChoices.parameters
  ) { InputGradient(.guidedBackpropagation, choices: GradientChoices($0)) }
}
