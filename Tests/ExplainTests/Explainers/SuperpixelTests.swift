import Imaging
import Tensors
import TestSupport
import Testing

@testable import Explain

/// Superpixels as a separate numpy program makes them, and the fit on them by hand.
struct SuperpixelTests {
  @Test func regionsEqualTheReference() throws {
    let (_, input) = try ExampleClassifier.load()
    let regions = Superpixels(of: try #require(input.picture).image, count: 30, compactness: 10)
    let expected = try NpyFile.read(Checkout.fixture("explainers/superpixels.npy")).elements(of: Float.self)
    #expect(regions.labels.map(Float.init) == expected)
    #expect(regions.count == Int(expected.max()!) + 1)
  }

  @Test(arguments: [(1, 1, 50), (3, 200, 7), (40, 40, 1600)])
  func anySizeIsCovered(width: Int, height: Int, count: Int) {
    let regions = Superpixels(
      of: Image(width: width, height: height, filledWith: .black), count: count, compactness: 10)
    #expect(regions.labels.count == width * height)
    #expect(Set(regions.labels) == Set(0..<regions.count))
  }

  /// Two columns, by hand: weighted means (½, ½) and 2½; normal equations (1 + λ)β₁ = 1, (1 + λ)β₂ = 2 with λ = 1.
  @Test func ridgeByHand() {
    let fit = RidgeRegression.fit(
      [[0, 0], [1, 0], [0, 1], [1, 1]], targets: [1, 2, 3, 4], weights: [1, 1, 1, 1], penalty: 1)
    #expect(abs(fit[0] - 0.5) < 1e-12)
    #expect(abs(fit[1] - 1) < 1e-12)
  }
}
