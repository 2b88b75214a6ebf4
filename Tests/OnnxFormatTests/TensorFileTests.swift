import Foundation
import OnnxFormat
import Tensors
import TestSupport
import Testing

struct TensorFileTests {
  private func fixture(_ name: String) -> String { Checkout.fixture("models/\(name).pb") }

  @Test func readsWhatOnnxWrites() throws {
    let (name, tensor) = try TensorFile.read(fixture("tensor"))
    #expect(name == "w")
    #expect(tensor.shape.dimensions == [3, 4])
    #expect(tensor.elements(of: Float.self) == (0..<12).map { Float($0) })
    #expect(try TensorFile.read(fixture("strings")).tensor.strings == ["a", "ü"])
  }

  @Test(arguments: ["tensor", "strings"])
  func writesWhatOnnxWrites(_ name: String) throws {
    let folder = try TemporaryFolder()
    let (tensorName, tensor) = try TensorFile.read(fixture(name))
    try TensorFile.write(tensor, name: tensorName, to: folder.file("copy.pb"))
    let original = try #require(FileManager.default.contents(atPath: fixture(name)))
    #expect(FileManager.default.contents(atPath: folder.file("copy.pb")) == original)
    #expect(try folder.names == ["copy.pb"])
  }

  @Test(arguments: ["sequence", "optional"])
  func refusesWhatIsNoTensor(_ name: String) throws {
    let error = try #require(throws: ModelError.self) { try TensorFile.read(fixture(name)) }
    #expect(error.path == fixture(name))
  }

  @Test func refusesAModel() {
    #expect(throws: ModelError.self) { try TensorFile.read(Checkout.fixture("models/linear.onnx")) }
  }

  @Test func refusesExternalData() throws {
    // data_type (2) = FLOAT, data_location (14) = EXTERNAL.
    let error = #expect(throws: ModelError.self) { try TensorFile.read(bytes: [0x10, 1, 0x70, 1]) }
    #expect(error?.code == .externalData)
  }

  @Test func anEmptyFileIsNoTensor() {
    let error = #expect(throws: ModelError.self) { try TensorFile.read(bytes: []) }
    #expect(error?.code == .tensorData)
  }
}
