import Tensors
import TestSupport
import Testing

@testable import Explain

/// Several layers, several changed inputs, several maps.
struct CombinedExplainerTests {
  /// Gives a map that was made by hand, or the input's own first channel.
  private struct Fixed: Explainer {
    let map: SaliencyMap?

    var record: ExplainerRecord { ExplainerRecord(method: "fixed", notes: ["a note"]) }

    func explain(
      _ input: ExplainedInput, classes: [Int], progress: (Int, Int) -> Void
    ) throws -> ExplainerResult {
      let (width, height) = (input.classifier.width, input.classifier.height)
      let own = SaliencyMap(
        width: width, height: height,
        values: Array(input.input.tensor.elements(of: Float.self).prefix(width * height)))
      progress(1, 1)
      return ExplainerResult(classes.map { Explanation(classIndex: $0, map: map ?? own) }, record: record)
    }
  }

  private func steps(_ values: [Float], _ width: Int, _ height: Int) -> SaliencyMap {
    SaliencyMap(width: width, height: height, values: (0..<width * height).map { values[$0 % values.count] })
  }

  /// Brought to 0…1 the maps begin ½, 0, 1, ½ and 0, 0, 1, 1.
  @Test(
    arguments: [
      (FusedExplainer.Fusion.mean, [0.25, 0, 1, 0.75]), (.max, [0.5, 0, 1, 1]), (.product, [0, 0, 1, 0.5]),
    ] as [(FusedExplainer.Fusion, [Float])])
  func fusionByHand(fusion: FusedExplainer.Fusion, expected: [Float]) throws {
    let input = try ExampleClassifier.explained()
    let first = steps([2, 1, 3, 2], 96, 96)
    let second = steps([-4, -4, 0, 0], 96, 96)
    let fused = FusedExplainer(
      [Fixed(map: first), Fixed(map: second)], layers: ["a", "b"], fusion: fusion)
    let result = try fused.explain(input, classes: [0])
    let values = try #require(result.explanations[0].map).values.prefix(4)
    #expect(Array(values) == expected)
    #expect(result.record.knobs["fuse"] == fusion.rawValue)
    #expect(result.record.knobs["layers"] == "a, b")
    #expect(result.record.notes == ["a note", "a note"])
  }

  /// Mirrored inputs' maps are mirrored back, so the mean over what the inputs are is the input: factors' mean is 1.
  @Test func smoothingMirrorsBack() throws {
    let input = try ExampleClassifier.explained()
    var last = (0, 0)
    let result = try AugmentedExplainer(Fixed(map: nil)).explain(input, classes: [0]) { last = ($0, $1) }
    let map = try #require(result.explanations[0].map)
    let own = input.input.tensor.elements(of: Float.self).prefix(map.values.count)
    for (left, right) in zip(map.values, own) { #expect(abs(left - right) <= 1e-6) }
    #expect(last == (6, 6))
  }

  @Test func smoothedAblationEqualsTheLibrary() throws {
    let input = try ExampleClassifier.explained()
    let layer = try input.classifier.layers.choose(ExplainerGoldenTests.index.hook, hook: .output).layer
    let result = try AugmentedExplainer(AblationCAM(layer: layer)).explain(
      input, classes: [ExplainerGoldenTests.index.class])
    let expected = try NpyFile.read(Checkout.fixture("explainers/ablation-cam-smoothed.npy")).elements(of: Float.self)
    let map = try #require(result.explanations[0].map)
    #expect((zip(map.values, expected).map { abs($0 - $1) }.max() ?? 1) <= 1e-4)
  }

  /// Five pixels, of which each map counts its largest one.
  @Test func agreementByHand() {
    let maps: [[Float]] = [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [0, 1, 2, 3, 9], [1, 1, 1, 1, 1]]
    let agreement = MapAgreement(maps.map { SaliencyMap(width: 5, height: 1, values: $0) })
    #expect(agreement.map.values == [0.25, 0, 0, 0, 0.5])
    #expect(agreement.rankCorrelations[0][1] == -1)
    #expect(agreement.rankCorrelations[2][0] == 1)
    #expect(agreement.rankCorrelations[3] == [nil, nil, nil, nil])
  }
}
