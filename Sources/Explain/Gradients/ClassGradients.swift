public import Execution
import GraphIR
import Tensors

/// What is differentiated: the number that stands for a class.
public enum ClassScore: String, Sendable, CaseIterable {
  /// The logit, before the softmax or sigmoid.
  case logit
  /// The probability, behind it.
  case probability
}

/// What all methods that differentiate can be told.
public struct GradientChoices: Sendable, Hashable {
  public var score: ClassScore

  /// What becomes of gradients in quantised models.
  public var rounding: GradientOptions.Rounding

  public init(score: ClassScore = .logit, rounding: GradientOptions.Rounding = .refuse) {
    self.score = score
    self.rounding = rounding
  }

  init(_ options: ExplainerOptions) {
    score = options[whole: Self.scoreParameter] == 0 ? .logit : .probability
    rounding = options[whole: Self.roundingParameter] == 0 ? .refuse : .straightThrough
  }

  private static let scoreParameter = MethodParameter.whole(
    "score", 0, 0...1, "what is differentiated: 0 the class's logit, 1 its probability")
  private static let roundingParameter = MethodParameter.whole(
    "straight-through", 0, 0...1, "1 lets gradients pass QuantizeLinear as if it did not round; 0 refuses such models")

  static let parameters = [scoreParameter, roundingParameter]

  /// As a record shows them, with a method's own.
  func knobs(_ others: [String: String] = [:]) -> [String: String] {
    others.merging(["score": score == .logit ? "0" : "1", "straight-through": rounding == .refuse ? "0" : "1"]) { $1 }
  }

  func options(_ rectification: GradientOptions.Rectification = .standard) -> GradientOptions {
    GradientOptions(rounding: rounding, rectification: rectification)
  }
}

/// Gradients of classes' scores with respect to pictures, or to what a layer makes of them. What a classifier needs for
/// it is prepared once.
final class ClassGradients: @unchecked Sendable {
  /// nil: the network's input.
  private let layer: HookableLayer?
  private let options: GradientOptions

  /// Touched under the lock alone.
  private var prepared: GradientProgram?
  private let lock = SystemLock()

  init(of layer: HookableLayer? = nil, options: GradientOptions = GradientOptions()) {
    self.layer = layer
    self.options = options
  }

  /// Takes gradients of several pictures, one after the other; several pictures are worked on at a time, each by a thread
  /// of its own.
  ///
  /// - Parameters:
  ///   - image: the picture of an index of `0..<count`.
  ///   - gradients: what is wanted of a picture's pass.
  ///   - take: called in the pictures' order, so that sums do not depend on the threads.
  func forEach<Wanted: Sendable>(
    _ count: Int, _ classifier: Classifier, image: @Sendable (_ index: Int) throws -> Tensor,
    gradients: @Sendable (ClassGradientPass) throws -> Wanted, take: (_ index: Int, Wanted) throws -> Void
  ) throws {
    let program = try program(for: classifier)
    // More than one for each thread, since not all take the same time.
    let size = 4 * classifier.pool.threadCount
    for first in stride(from: 0, to: count, by: size) {
      let group = min(size, count - first)
      let results = try classifier.pool.map(group) { index in
        let tape = try program.record(image(first + index), isShared: group < classifier.pool.threadCount)
        return try gradients(
          ClassGradientPass(tape, value: layer?.value ?? classifier.input, classifier: classifier))
      }
      for (index, result) in results.enumerated() { try take(first + index, result) }
    }
  }

  /// A forward pass of one picture, from which the gradients of any number of classes follow.
  ///
  /// - Throws: `ExecutionError` that names the nodes through which no gradient passes; `ExplainError` where a logit is
  ///   not a finite number.
  func pass(_ image: Tensor, _ classifier: Classifier) throws -> ClassGradientPass {
    let tape = try program(for: classifier).record(image)
    return try ClassGradientPass(tape, value: layer?.value ?? classifier.input, classifier: classifier)
  }

  private func program(for classifier: Classifier) throws -> GradientProgram {
    let network = classifier.network
    if let prepared = lock.withLock({ prepared }), prepared.network === network { return prepared }
    let plan = try GradientPlan(
      network.session, of: classifier.head.logits, withRespectTo: [layer?.value ?? classifier.input],
      options: options)
    let made = try GradientProgram(network, plan, fetching: layer.map { [$0.value] } ?? [])
    lock.withLock { prepared = made }
    return made
  }
}

/// A forward pass of one picture that is ready to be differentiated.
struct ClassGradientPass {
  private let tape: GradientTape
  private let value: ValueID
  private let classifier: Classifier
  let logits: [Float]

  fileprivate init(_ tape: GradientTape, value: ValueID, classifier: Classifier) throws {
    self.tape = tape
    self.value = value
    self.classifier = classifier
    logits = try LogitPasses.finite(tape.score)
  }

  /// What the layer makes of the picture.
  func activation() throws -> Tensor {
    guard let activation = tape.fetched[value], activation.elementType == .float32 else {
      throw ExplainError(.unsupported, "the layer is not of float32")
    }
    return activation
  }

  /// The gradient of a class's score, of the shape of the input or of the layer's value.
  func gradient(ofClass index: Int, _ score: ClassScore = .logit) throws -> Tensor {
    let seed = Tensor(tape.score.shape, weights(ofClass: index, score))
    let gradient = try tape.gradients(seed: seed)[value]!
    guard gradient.withElements(of: Float.self, { $0.allSatisfy(\.isFinite) }) else {
      throw ExplainError(.mismatched, "the gradient of class \(index) has values that are not finite")
    }
    return gradient
  }

  /// The score of a class.
  func score(ofClass index: Int, _ score: ClassScore) -> Double {
    score == .logit ? Double(logits[index]) : classifier.head.probabilities(of: logits)[index]
  }

  /// The derivative of the class's score with respect to each logit.
  private func weights(ofClass index: Int, _ score: ClassScore) -> [Float] {
    var weights = [Float](repeating: 0, count: logits.count)
    guard score == .probability else {
      weights[index] = 1
      return weights
    }
    let probabilities = classifier.head.probabilities(of: logits)
    let own = probabilities[index]
    if classifier.head.kind == .sigmoid {
      weights[index] = Float(own * (1 - own))
    } else {
      for other in weights.indices { weights[other] = Float(own * ((other == index ? 1 : 0) - probabilities[other])) }
    }
    return weights
  }
}
