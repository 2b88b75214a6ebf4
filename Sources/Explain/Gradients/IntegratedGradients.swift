import Execution
import Tensors

/// Each pixel's share in the difference between the score of a picture and that of a baseline: the pixel's distance from
/// the baseline times the mean gradient on the straight line between them.
///
/// The integral is taken by the trapezoidal rule. All shares add up to the difference of the scores; by how much they do
/// not is the completeness error, a share of that difference, which is noted. Where it is above the tolerance, the number
/// of intervals is doubled, as far as is allowed.
///
/// - Source: Sundararajan et al., "Axiomatic Attribution for Deep Networks", ICML 2017, arXiv 1703.01365, equations 1
///   to 3.
public struct IntegratedGradients: Explainer {
  public let steps: Int
  public let largestSteps: Int
  public let tolerance: Double
  /// The value of all elements of the baseline as the network takes it.
  public let baseline: Float
  public let choices: GradientChoices
  public let reduction: PixelReduction
  public let record: ExplainerRecord

  private let gradients: ClassGradients

  public static let stepsParameter = MethodParameter.whole("steps", 64, 1...100_000, "intervals of the line at first")
  public static let largestStepsParameter = MethodParameter.whole(
    "max-steps", 1024, 1...1_000_000, "intervals of the line at most")
  public static let toleranceParameter = MethodParameter.number(
    "tolerance", 0.01, 0...1, "the completeness error above which intervals are halved")
  public static let baselineParameter = MethodParameter.number(
    "baseline", 0, -1000...1000,
    "the baseline's value as the network takes it; 0 is the mean colour where colours are normalised")

  /// - Precondition: there is a step, and the tolerance is not negative.
  public init(
    steps: Int = 64, largestSteps: Int = 1024, tolerance: Double = 0.01, baseline: Float = 0,
    choices: GradientChoices = GradientChoices(), reduction: PixelReduction = .positive
  ) {
    precondition(steps > 0 && tolerance >= 0)
    self.steps = steps
    self.largestSteps = largestSteps
    self.tolerance = tolerance
    self.baseline = baseline
    self.choices = choices
    self.reduction = reduction
    record = ExplainerRecord(
      method: ExplanationMethod.integratedGradients.name,
      knobs: choices.knobs([
        "steps": "\(steps)", "max-steps": "\(largestSteps)", "tolerance": "\(tolerance)", "baseline": "\(baseline)",
        "sign": reduction.knob,
      ]))
    gradients = ClassGradients(options: choices.options())
  }

  /// One class's share of the work.
  private struct Line {
    var sum: TensorSum
    var difference: Double
    var error = Double.infinity
    var steps = 0
  }

  /// Complexity: for each point of the line a forward pass, and for each class a pass back to the picture.
  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let (image, classifier) = (input.input.tensor, input.classifier)
    let distance = image.withElements(of: Float.self) { Tensor(image.shape, $0.map { $0 - baseline }) }
    @Sendable func point(_ share: Double) -> Tensor {
      guard share != 1 else { return image }
      return distance.withElements(of: Float.self) { distance in
        Tensor(image.shape, distance.map { Float(Double(baseline) + share * Double($0)) })
      }
    }
    var lines = classes.map { _ in Line(sum: TensorSum(image.shape), difference: 0) }
    try gradients.forEach(2, classifier) { end in
      point(Double(end))
    } gradients: { pass in
      try classes.map {
        (score: pass.score(ofClass: $0, choices.score), gradient: try pass.gradient(ofClass: $0, choices.score))
      }
    } take: { end, results in
      for (place, result) in results.enumerated() {
        lines[place].difference += (end == 0 ? -1 : 1) * result.score
        lines[place].sum.add(result.gradient, weight: 0.5)
      }
    }
    var (count, isFirst) = (steps, true)
    while true {
      // Points that a coarser division had already are not visited again.
      let open = lines.indices.filter { lines[$0].error > tolerance }
      let points = (1..<max(count, 2)).filter { (isFirst || $0 % 2 == 1) && count > 1 }
      let intervals = Double(count)
      try gradients.forEach(points.count, classifier) { number in
        point(Double(points[number]) / intervals)
      } gradients: { pass in
        try open.map { try pass.gradient(ofClass: classes[$0], choices.score) }
      } take: { number, gradients in
        for (place, gradient) in zip(open, gradients) { lines[place].sum.add(gradient) }
        progress(number + 1, points.count)
      }
      for place in open {
        lines[place].steps = count
        let total = shares(lines[place], distance).withElements(of: Float.self) { $0.reduce(0.0) { $0 + Double($1) } }
        let difference = lines[place].difference
        lines[place].error = abs(total - difference) / max(abs(difference), 1e-12)
      }
      guard lines.contains(where: { $0.error > tolerance }), 2 * count <= largestSteps else { break }
      (count, isFirst) = (2 * count, false)
    }
    var record = record
    record.notes = zip(classes, lines).map { index, line in
      "Class \(index): the shares add up to the difference of the scores, "
        + "\(rounded(line.difference)), but for \(rounded(100 * line.error)) % of it, with \(line.steps) steps."
    }
    return ExplainerResult(
      zip(classes, lines).map { index, line in
        Explanation(classIndex: index, map: classifier.sums(of: shares(line, distance), reduction))
      }, record: record)
  }

  /// The mean gradient times the distance from the baseline.
  private func shares(_ line: Line, _ distance: Tensor) -> Tensor {
    line.sum.scaled(by: 1 / Double(line.steps)).multiplied(by: distance)
  }

  /// Four significant digits are enough for people.
  private func rounded(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return "\(value)" }
    let unit = pow(10, (log(abs(value)) / log(10)).rounded(.down) - 3)
    return "\(Float((value / unit).rounded() * unit))"
  }
}

extension ExplanationMethod {
  public static let integratedGradients = ExplanationMethod(
    "integrated-gradients", title: "Integrated Gradients",
    summary: "each pixel's share in what the class scores more than on a baseline", hooksLayer: false,
    parameters: [
      IntegratedGradients.stepsParameter, IntegratedGradients.largestStepsParameter,
      IntegratedGradients.toleranceParameter, IntegratedGradients.baselineParameter,
      PixelReduction.parameter,
    ] + GradientChoices.parameters
  ) { options in
    IntegratedGradients(
      steps: options[whole: IntegratedGradients.stepsParameter],
      largestSteps: options[whole: IntegratedGradients.largestStepsParameter],
      tolerance: options[IntegratedGradients.toleranceParameter],
      baseline: Float(options[IntegratedGradients.baselineParameter]), choices: GradientChoices(options),
      reduction: PixelReduction(options))
  }
}
