import Tensors
import Testing

struct TensorTests {
  @Test func holdsWhatIsWritten() throws {
    let tensor = try Tensor(Shape([2, 2]), of: Float.self) { elements in
      for index in elements.indices { elements[index] = Float(index) }
    }
    #expect(tensor.elements(of: Float.self) == [0, 1, 2, 3])
    #expect(tensor.elementType == .float32)
  }

  @Test func reshapesWithoutMovingElements() throws {
    let tensor = Tensor(try Shape([2, 3]), [Int64](0..<6))
    #expect(try tensor.reshaped(to: Shape([3, 2])).elements(of: Int64.self) == [0, 1, 2, 3, 4, 5])
    #expect(throws: ShapeError.self) { try tensor.reshaped(to: Shape([4])) }
  }

  @Test func rowsShareElements() throws {
    let rows = Tensor(try Shape([3, 2]), [Float](arrayLiteral: 0, 1, 2, 3, 4, 5)).rows(1..<3)
    #expect(rows.shape.dimensions == [2, 2])
    #expect(rows.elements(of: Float.self) == [2, 3, 4, 5])
  }

  @Test func holdsStrings() {
    #expect(Tensor(.scalar, strings: ["a"]).strings == ["a"])
  }

  @Test func storageIsAlignedForVectors() throws {
    let tensor = try Tensor(Shape([5]), of: Float.self) { $0.update(repeating: 1) }
    tensor.withUnsafeBytes { bytes in #expect(Int(bitPattern: bytes.baseAddress!) % TensorStorage.alignment == 0) }
  }

  /// Elements at every offset of a storage, aligned or not.
  @Test(arguments: 0..<9)
  func readsElementsWhereverTheyLie(offset: Int) throws {
    let storage = TensorStorage(byteCount: 64)
    for index in 0..<64 { storage.bytes[index] = UInt8(index) }
    let tensor = Tensor(try Shape([3, 2]), .uint32, storage: storage, offset: offset)
    let expected = (0..<6).map { element in
      (0..<4).reduce(UInt32(0)) { $0 | UInt32(offset + 4 * element + $1) << (8 * $1) }
    }
    #expect(tensor.withElementsOnce(of: UInt32.self) { Array($0) } == expected)
    #expect(pieces(of: tensor) == [Array(expected[..<4]), Array(expected[4...])])
    #expect(tensor.elements(of: UInt32.self) == expected)
    #expect(tensor.rows(1..<3).elements(of: UInt32.self) == Array(expected[2...]))
    #expect(tensor.withElementsOnce(of: UInt32.self) { Array($0) } == expected)
    #expect(pieces(of: tensor) == [Array(expected[..<4]), Array(expected[4...])])
    tensor.withUnsafeBytes { #expect(Int(bitPattern: $0.baseAddress!) % 4 == 0) }
  }

  /// The elements four at a time.
  private func pieces(of tensor: Tensor) -> [[UInt32]] {
    var pieces: [[UInt32]] = []
    tensor.forEachPieceOnce(of: UInt32.self, count: 4) { elements, start in
      #expect(elements.lowerBound == 4 * pieces.count && Int(bitPattern: start) % 4 == 0)
      pieces.append(Array(UnsafeBufferPointer(start: start, count: elements.count)))
    }
    return pieces
  }

  /// Bit patterns that Python's struct module and NumPy's rounding give.
  @Test(
    arguments: [
      (1, 0x3f80), (-2, 0xc000), (0.1, 0x3dcd), (1.00390625, 0x3f80), (1.01171875, 0x3f82), (Float.infinity, 0x7f80),
    ] as [(Float, UInt16)])
  func bfloat16RoundsToNearestEven(value: Float, bits: UInt16) {
    #expect(BFloat16(value).bitPattern == bits)
  }

  @Test func bfloat16KeepsNaN() {
    #expect(BFloat16(.nan).floatValue.isNaN)
    #expect(BFloat16(Float(bitPattern: 0x7f80_0001)).floatValue.isNaN)
  }
}
