import Evaluation
import Explain
import Tensors
import TestSupport
import Testing

/// What must hold of metrics whatever the picture.
struct MetricPropertyTests {
  private func subject(_ map: SaliencyMap? = nil, boxes: [PixelBox] = [], seed: UInt64 = 3, threads: Int = 2) throws
    -> MetricSubject
  {
    let explained = try TestNetwork.shapes(threads: threads).explained(Checkout.fixture("shapes/boat.png"))
    let (width, height) = (explained.classifier.width, explained.classifier.height)
    let ramp = SaliencyMap(width: width, height: height, values: (0..<width * height).map { Float($0 % 97) })
    return try MetricSubject(
      explained, explainer: EnergyExplainer(), class: 4, map: map ?? ramp, boxes: boxes, seed: seed)
  }

  @Test func numbersDependNeitherOnThreadsNorOnCompany() throws {
    let road = Road(keptPercentages: [50])
    let curve = PixelCurve(.insertion, substrate: .noise, stepCount: 10)
    let alone = try MeasureSet([road]).outcome(for: subject(threads: 1)).values[.road]
    let together = try MeasureSet([curve, ConfidenceChange(.whole), road]).outcome(for: subject(threads: 3)).values
    #expect(alone == together[.road])
    let otherSeed = try MeasureSet([road]).outcome(for: subject(seed: 4)).values[.road]
    #expect(alone != otherSeed)
  }

  /// Insertion ends, and deletion begins, with the picture; both meet in the substrate.
  @Test func curvesBeginAndEndWhereTheyShould() throws {
    let subject = try subject()
    let values = try MeasureSet([
      PixelCurve(.insertion, substrate: .zeros, stepCount: 7), PixelCurve(.deletion, substrate: .zeros, stepCount: 7),
    ]).outcome(for: subject).values
    let (insertion, deletion) = (try #require(values[.insertion]?.curve), try #require(values[.deletion]?.curve))
    #expect(insertion.count == 8)
    #expect(insertion.last == subject.probability)
    #expect(deletion.first == subject.probability)
    #expect(insertion.first == deletion.last)
  }

  /// A map and its square root put the pixels in one order and are of different width.
  @Test func ranksAreBlindToWidth() throws {
    let narrow = SaliencyMap(width: 96, height: 96, values: (0..<96 * 96).map { Float($0 % 97) / 97 })
    let wide = SaliencyMap(width: 96, height: 96, values: narrow.values.map { $0.squareRoot() })
    let measures = MeasureSet([ConfidenceChange(.whole), ConfidenceChange(.ranked)])
    let (first, second) = (try measures.outcome(for: subject(narrow)), try measures.outcome(for: subject(wide)))
    #expect(first.values[.averageDropRanked] == second.values[.averageDropRanked])
    #expect(first.values[.averageDropRanked] != nil)
    #expect(first.values[.averageDrop] != second.values[.averageDrop])
  }

  @Test func constantMapsAreJudgedWithoutDivisionByZero() throws {
    let map = SaliencyMap(width: 4, height: 4, values: [Float](repeating: 0.5, count: 16))
    let box = PixelBox(left: 0, top: 0, right: 10, bottom: 10)
    let values = try MeasureSet([ConfidenceChange(.whole), ConfidenceChange(.top50), Consistency(), PointingGame()])
      .outcome(for: subject(map, boxes: [box])).values
    #expect(values.values.allSatisfy { $0.value.isFinite })
    #expect(values[.adcc]?.value == 0)
    // The first of equal maxima is the pixel at the upper left.
    #expect(values[.pointingGame]?.value == 100)
    let zeros = SaliencyMap(width: 4, height: 4, values: [Float](repeating: 0, count: 16))
    #expect(
      try MeasureSet([PointingGame()]).outcome(for: subject(zeros, boxes: [box])).values[.energyPointingGame]?.value
        == 0)
  }

  @Test func boxesHaveTheirOwnMetricsOnlyWhereThereAreSome() throws {
    #expect(try MeasureSet([PointingGame()]).outcome(for: subject()).values.isEmpty)
    // The ramp's maximum stands first in column 96 mod 97 of row 1: column 0.
    let near = PixelBox(left: 5, top: 0, right: 9, bottom: 4)
    let maximum = try subject(boxes: [near])
    #expect(try MeasureSet([PointingGame()]).outcome(for: maximum).values[.pointingGame]?.value == 0)
    #expect(try MeasureSet([PointingGame(margin: 90)]).outcome(for: maximum).values[.pointingGame]?.value == 100)
  }

  @Test func mapsThatAreNotFiniteAreRefused() throws {
    let map = SaliencyMap(width: 2, height: 1, values: [0, .nan])
    #expect(throws: EvaluationError.self) { try subject(map) }
  }

  /// A method that fails at the second picture leaves the other measures alone.
  @Test func aMeasureThatFailsLeavesTheOthersAlone() throws {
    let explained = try TestNetwork.shapes().explained(Checkout.fixture("shapes/boat.png"))
    let tensor = ExplainedInput(NetworkInput(tensor: explained.input.tensor), of: explained.classifier)
    let map = SaliencyMap(width: 2, height: 2, values: [0, 1, 2, 3])
    let subject = try MetricSubject(tensor, explainer: EnergyExplainer(), class: 4, map: map)
    let outcome = try MeasureSet([GridPointingGame(), ConfidenceChange(.whole)]).outcome(for: subject)
    #expect(outcome.values[.averageDrop] != nil)
    #expect(outcome.faults[.gridPointingGame]?.description.contains("picture") == true)
  }

  @Test(arguments: ["zeros", "mean", "blur", "blur:3.5", "noise"])
  func substratesAreWrittenAsTheyAreRead(text: String) throws {
    #expect(try Substrate(text).text == text)
  }

  @Test(arguments: ["", "grey", "blur:", "blur:-1", "blur:nan", "blur:1e9"])
  func unknownSubstratesAreRefused(text: String) { #expect(throws: EvaluationError.self) { try Substrate(text) } }

  @Test func metricsAreListedOnceAndInOrder() throws {
    #expect(try Metric.list("deletion,average-drop,deletion") == [.averageDrop, .deletion])
    #expect(try Metric.list("all") == Metric.allCases)
    #expect(throws: EvaluationError.self) { try Metric.list("average-drip") }
  }
}
