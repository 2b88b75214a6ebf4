import Explain
import Tensors
import Testing

/// What must hold for explainers whatever the network.
struct ExplainerPropertyTests {
  private func explain(
    _ method: ExplanationMethod, _ input: ExplainedInput, layer: String = "auto", seed: UInt64 = 0,
    _ parameters: [String: Double] = [:], classes: [Int] = [0, 4]
  ) throws -> ExplainerResult {
    try method.explainer(
      ExplainerOptions(
        layer: try input.classifier.layers.choose(layer, hook: nil).layer, seed: seed, parameters: parameters)
    ).explain(input, classes: classes)
  }

  @Test func allChannelsMakeTheFastVariantScoreCAM() throws {
    let input = try ExampleClassifier.explained()
    let all = try explain(.scoreCAM, input)
    let fast = try explain(.fastScoreCAM, input, ["channels": 4096])
    for (left, right) in zip(all.explanations, fast.explanations) {
      #expect(left.map == right.map)
      #expect(left.channels?.weights == right.channels?.weights)
    }
    #expect(fast.record.notes.contains { $0.contains("no channel that varies is left out") })
  }

  /// The weighted sums differ by no more than the note says, for both bounds' premises hold here.
  @Test func aFewChannelsKeepTheirBound() throws {
    let input = try ExampleClassifier.explained()
    let fast = try explain(.fastScoreCAM, input, ["channels": 8], classes: [4])
    let weights = try #require(fast.explanations.first?.channels?.weights)
    #expect(weights.count { $0 != 0 } <= 8)
    let all = try #require(try explain(.scoreCAM, input, classes: [4]).explanations.first?.channels?.weights)
    // A channel's own score does not depend on which others run.
    for (few, whole) in zip(weights, all) where few != 0 { #expect(abs(few - whole) <= 1e-6) }
    #expect(fast.record.notes.count == 2)
    #expect(fast.record.notes[1].hasPrefix("class 4: the weighted sum is within "))
  }

  /// The mean over places of a class activation map is the logit less the last layer's bias, which is the same for all
  /// pictures.
  @Test func classActivationsSumToTheLogit() throws {
    var biases: [[Double]] = []
    for picture in ["shapes/boat.png", "shapes/car.png"] {
      let input = try ExampleClassifier.explained(picture: picture)
      let classes = Array(0..<input.classifier.classCount)
      let result = try explain(.cam, input, classes: classes)
      biases.append(
        try zip(result.explanations, input.logits).map { Double($1) - ($0.channels?.scores.reduce(0, +) ?? 0) })
    }
    for (left, right) in zip(biases[0], biases[1]) { #expect(abs(left - right) < 1e-4) }
  }

  @Test func classActivationsNeedALinearHead() throws {
    let input = try ExampleClassifier.explained("odd-layers/odd-layers.onnx", picture: "odd-layers/odd-layers.png")
    let error = #expect(throws: ExplainError.self) { try explain(.cam, input, layer: "relu2", classes: [0]) }
    #expect(error?.kind == .unsupported)
    #expect(error?.message.contains("2 nodes read 'relu2'") == true)
  }

  /// A layer with a shortcut around it: the part behind it needs what the shortcut brings.
  @Test func ablationGoesAroundShortcuts() throws {
    let input = try ExampleClassifier.explained()
    let layer = "/block3/second/conv/Conv_output_0"
    let result = try explain(.ablationCAM, input, layer: layer, classes: [4])
    // What is left out of the sum is the residual branch alone, so the score of a channel that is zero everywhere is
    // the picture's own.
    let activation = try input.activation(of: try input.classifier.layers.choose(layer, hook: .output).layer)
    let scores = try #require(result.explanations.first?.channels?.scores)
    #expect(scores.count == activation.shape[1])
    #expect(scores.contains { abs($0 - Double(try! input.logits[4])) > 1e-3 })
    #expect(result.explanations.first?.map?.values.allSatisfy(\.isFinite) == true)
  }

  @Test func randomMapsDifferBySeedAndPicture() throws {
    let boat = try ExampleClassifier.explained()
    let car = try ExampleClassifier.explained(picture: "shapes/car.png")
    let map = try explain(.random, boat, seed: 1).explanations[0].map
    #expect(try explain(.random, boat, seed: 1).explanations[0].map == map)
    #expect(try explain(.random, boat, seed: 2).explanations[0].map != map)
    #expect(try explain(.random, car, seed: 1).explanations[0].map != map)
  }

  @Test func theCentreIsLargestInTheMiddle() throws {
    let map = try #require(try explain(.centre, try ExampleClassifier.explained(), classes: [0]).explanations[0].map)
    let peak = map.values.indices.filter { map.values[$0] == 1 }
    #expect(peak == [47 * 96 + 47, 47 * 96 + 48, 48 * 96 + 47, 48 * 96 + 48])
    #expect(map.values[0] == 0)
  }

  @Test func parametersAreChecked() throws {
    for (parameters, words) in [
      (["maskz": 3.0], "no parameter 'maskz'"), (["masks": 0], "from 1 to 1000000"), (["masks": 2.5], "whole number"),
    ] {
      let error = #expect(throws: ExplainError.self) {
        try ExplanationMethod.rise.explainer(ExplainerOptions(parameters: parameters))
      }
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
    #expect(throws: ExplainError.self) { try ExplanationMethod.cam.explainer(ExplainerOptions()) }
  }

  @Test func namesAreUnique() {
    #expect(Set(ExplanationMethod.all.map(\.name)).count == ExplanationMethod.all.count)
  }
}
