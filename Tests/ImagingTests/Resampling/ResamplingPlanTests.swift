import Foundation
import Imaging
import TestSupport
import Testing

/// `Fixtures/resampling.json` is written by `scripts/make-resampling-fixtures` with PyTorch's `interpolate`.
@Suite struct ResamplingPlanTests {
  private struct Golden: Decodable {
    struct Case: Decodable {
      var method: String
      var height: Int
      var width: Int
      var values: [Float]
    }

    var plane: [Float]
    var cases: [Case]

    static func read() throws -> Golden {
      let data = try Data(contentsOf: URL(fileURLWithPath: Checkout.fixture("resampling.json")))
      return try JSONDecoder().decode(Golden.self, from: data)
    }
  }

  private static let methods: [String: ResamplingPlan.Method] = [
    "nearest": .nearest, "bilinear": .bilinear(alignCorners: false), "bilinear-corners": .bilinear(alignCorners: true),
    "bicubic": .bicubic(alignCorners: false), "bicubic-corners": .bicubic(alignCorners: true),
    "matlab": .matlabBilinear,
  ]

  @Test func planesAreThoseOfPyTorchAndMATLAB() throws {
    let golden = try Golden.read()
    #expect(golden.cases.count == 42)
    for expected in golden.cases {
      let method = try #require(Self.methods[expected.method])
      let plan = ResamplingPlan(
        sourceWidth: 7, sourceHeight: 5, width: expected.width, height: expected.height, method)
      let result = plan.apply(to: golden.plane)
      try #require(result.count == expected.values.count)
      let error = zip(result, expected.values).map { abs($0 - $1) }.max() ?? 0
      #expect(error <= 1e-6, "\(expected.method) to \(expected.height)×\(expected.width)")
    }
  }

  @Test func manyPlanesGiveTheBitsOfSingleOnes() {
    for method in Self.methods.values {
      let plan = ResamplingPlan(sourceWidth: 7, sourceHeight: 6, width: 30, height: 20, method)
      let source = (0..<5 * 42).map { Float(($0 * 37) % 101) / 7 }
      var target = [Float](repeating: .nan, count: 5 * 600)
      source.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { plan.apply(planes: 5, from: source, to: $0) }
      }
      for plane in 0..<5 {
        let single = plan.apply(to: Array(source[plane * 42..<(plane + 1) * 42]))
        #expect(Array(target[plane * 600..<(plane + 1) * 600]) == single)
      }
    }
  }

  @Test func aPlaneOfTheSameSizeIsCopied() {
    let plane: [Float] = [1, -2, .infinity, 4, 5, 6]
    for method in Self.methods.values {
      let plan = ResamplingPlan(sourceWidth: 3, sourceHeight: 2, width: 3, height: 2, method)
      #expect(plan.isIdentity)
      #expect(plan.apply(to: plane) == plane)
    }
  }
}
