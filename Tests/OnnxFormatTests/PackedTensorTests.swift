import Foundation
import OnnxFormat
import Tensors
import TestSupport
import Testing

/// Tensors of less than eight bits an element, written with onnx by `scripts/make-type-fixtures`: seven elements, of
/// which element i has the code 37·i + 1, its low bits alone.
struct PackedTensorTests {
  static let types: [ElementType] = [.int4, .uint4, .int2, .uint2, .float4e2m1, .float6e2m3, .float8e5m2]

  private func fixture(_ type: ElementType, _ form: String) -> String { Checkout.fixture("types/\(type)-\(form).pb") }

  @Test(arguments: types, ["raw", "list"])
  func isUnpacked(_ type: ElementType, _ form: String) throws {
    let tensor = try TensorFile.read(fixture(type, form)).tensor
    #expect(tensor.elementType == type)
    #expect(tensor.shape.dimensions == [7])
    let codes = tensor.withUnsafeBytes { Array($0) }
    let lowBits = 1 << type.bitCount - 1
    let expected: [UInt8] = (0..<7).map { UInt8(($0 * 37 + 1) & lowBits) }
    #expect(codes == expected)
  }

  @Test(arguments: types)
  func isPackedAsOnnxDoes(_ type: ElementType) throws {
    let folder = try TemporaryFolder()
    let (name, tensor) = try TensorFile.read(fixture(type, "raw"))
    try TensorFile.write(tensor, name: name, to: folder.file("copy.pb"))
    let original = try #require(FileManager.default.contents(atPath: fixture(type, "raw")))
    #expect(FileManager.default.contents(atPath: folder.file("copy.pb")) == original)
  }

  /// A tensor file: dims (1), data_type (2), and further fields.
  private func file(_ extent: UInt64, _ type: ElementType, _ more: [UInt8]) -> [UInt8] {
    WireBytes.field(1, extent) + WireBytes.field(2, UInt64(type.rawValue)) + more
  }

  // Field 9 is raw_data, 5 int32_data.
  @Test func refusesOtherCounts() throws {
    for bytes in [
      file(5, .int4, WireBytes.field(9, [1, 2])), file(5, .int4, WireBytes.field(9, [1, 2, 3, 4])),
      file(5, .uint2, WireBytes.field(5, 1)), file(2, .float6e3m2, WireBytes.field(5, 1)),
      file(1, .float6e3m2, WireBytes.field(5, 64)), file(1, .float8e4m3fn, WireBytes.field(5, 256)),
      file(1, .int4, WireBytes.field(5, 256)),
    ] {
      let error = #expect(throws: ModelError.self) { try TensorFile.read(bytes: bytes) }
      #expect(error?.code == .tensorData)
    }
    let odd = try TensorFile.read(bytes: file(5, .int4, WireBytes.field(9, [0x21, 0x43, 0xf5]))).tensor
    #expect(odd.withUnsafeBytes { Array($0) } == [1, 2, 3, 4, 5])
    #expect(try TensorFile.read(bytes: file(0, .int2, [])).tensor.count == 0)
    // -120 has the bits 1000 1000.
    let signed = try TensorFile.read(bytes: file(2, .int4, WireBytes.field(5, UInt64(bitPattern: -120)))).tensor
    #expect(signed.withUnsafeBytes { Array($0) } == [8, 8])
  }
}
