import Kernels
import Testing

/// Missing pixels are the weighted means of their neighbours: the definition, checked pixel by pixel.
struct NeighbourImputationTests {
  @Test(arguments: [(1, 1, 0.0), (7, 5, 0.3), (33, 18, 0.6), (40, 40, 0.95), (3, 17, 0.9)])
  func missingPixelsAreMeansOfTheirNeighbours(width: Int, height: Int, share: Double) {
    // Numbers without a pattern, from 0 to below 1.
    func number(_ index: Int) -> Double { Double((index + 1) * 7919 % 10007) / 10007 }
    let plane = (0..<width * height).map { Float(5 * number($0) - 2) }
    var isMissing = plane.indices.map { number(3 * $0 + 1) < share }
    isMissing[0] = false
    let filled = NeighbourImputation(of: isMissing, width: width, height: height).fill(plane)
    for row in 0..<height {
      for column in 0..<width {
        let pixel = row * width + column
        guard isMissing[pixel] else {
          #expect(filled[pixel] == plane[pixel])
          continue
        }
        var (sum, weights) = (0.0, 0.0)
        for dy in -1...1 {
          for dx in -1...1 where (dy, dx) != (0, 0) {
            guard (0..<height).contains(row + dy), (0..<width).contains(column + dx) else { continue }
            let weight = dy == 0 || dx == 0 ? 1.0 / 6 : 1.0 / 12
            sum += weight * Double(filled[pixel + dy * width + dx])
            weights += weight
          }
        }
        #expect(abs(Double(filled[pixel]) - sum / weights) < 1e-5)
      }
    }
  }

  @Test func nothingKnownGivesZeros() {
    let filled = NeighbourImputation(of: [true, true], width: 2, height: 1).fill([3, 4])
    #expect(filled == [0, 0])
  }
}
