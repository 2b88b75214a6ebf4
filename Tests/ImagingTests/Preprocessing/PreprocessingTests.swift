import Foundation
import Imaging
import Tensors
import Testing

@Suite struct PreprocessingTests {
  private struct Case: Decodable {
    var picture: String
    var preprocessing: String
    var rgb: String
    var tensor: String
  }

  @Test func picturesAndTensorsAreThoseOfPillowAndNumPy() throws {
    let cases = try Golden.read("preprocessing.json", as: [Case].self)
    #expect(cases.count == 24)
    for expected in cases {
      let image = try Image.decode(contentsOf: Golden.path(expected.picture)).image
      let described = try JSONDecoder().decode(Preprocessing.self, from: Data(expected.preprocessing.utf8))
      let size = try #require(described.size)
      let isLast = expected.preprocessing.contains("NHWC")
      let preprocessing = try described.resolved(
        forInputShape: isLast ? [1, size.height, size.width, 3] : [nil, 3, size.height, size.width])
      let prepared = try preprocessing.prepared(from: image)
      #expect(Golden.checksum(prepared.pixels) == expected.rgb, "\(expected.picture) \(expected.preprocessing)")
      let tensor = try preprocessing.tensor(of: prepared)
      #expect(tensor.shape.dimensions == (isLast ? [1, size.height, size.width, 3] : [1, 3, size.height, size.width]))
      let bytes = tensor.withUnsafeBytes { Array($0) }
      #expect(Golden.checksum(bytes) == expected.tensor, "\(expected.picture) \(expected.preprocessing)")
    }
  }
}
