import GraphIR
import Operators
import Tensors
import Testing

@Suite("Operators that move elements")
struct MovementTests {
  /// Expected values by the definition: the element at index i of the output is that at perm(i) of the input.
  @Test(
    "Transpose of every order of four axes",
    arguments: [[0, 1, 2, 3], [0, 2, 3, 1], [0, 3, 1, 2], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1]])
  func transpose(permutation: [Int]) throws {
    let extents = [3, 20, 17, 5]
    let x = Tensor.counting(3, 20, 17, 5)
    let y = try call("Transpose", opset: 13, [x], attributes: ["perm": .ints(permutation.map { Int64($0) })])[0]
    #expect(y.shape.dimensions == permutation.map { extents[$0] })
    let strides = permutation.map { x.shape.strides[$0] }
    let shape = y.shape
    let expected = (0..<shape.count).map { index in
      Float(
        zip(shape.strides, shape.dimensions).enumerated().reduce(0) { sum, axis in
          sum + index / axis.element.0 % axis.element.1 * strides[axis.offset]
        })
    }
    #expect(y.elements(of: Float.self) == expected)
  }

  @Test("Transpose of strings, of 8-byte elements, and without perm")
  func transposeTypes() throws {
    let words = Tensor(try Shape([2, 2]), strings: ["a", "b", "c", "d"])
    #expect(try call("Transpose", opset: 13, [words])[0].strings == ["a", "c", "b", "d"])
    let wide = Tensor.of([2, 3], [Int64](1...6))
    #expect(try call("Transpose", opset: 13, [wide])[0].elements(of: Int64.self) == [1, 4, 2, 5, 3, 6])
    #expect(throws: OperatorError.self) {
      try call("Transpose", opset: 13, [wide], attributes: ["perm": .ints([0, 0])])
    }
    #expect(throws: OperatorError.self) {
      try call("Transpose", opset: 13, [wide], attributes: ["perm": .ints([0, 2, 1])])
    }
  }

  @Test("Concat along inner and outer axes")
  func concat() throws {
    let a = Tensor.of([2, 1], [Int32]([1, 2]))
    let b = Tensor.of([2, 2], [Int32]([3, 4, 5, 6]))
    let empty = Tensor.of([2, 0], [Int32]())
    let y = try call("Concat", opset: 13, [a, empty, b], attributes: ["axis": .int(-1)])[0]
    #expect(y.shape.dimensions == [2, 3])
    #expect(y.elements(of: Int32.self) == [1, 3, 4, 2, 5, 6])
    #expect(try call("Concat", opset: 1, [a, b])[0].elements(of: Int32.self) == [1, 3, 4, 2, 5, 6])
    let words = Tensor(try Shape([1]), strings: ["x"])
    #expect(try call("Concat", opset: 13, [words, words], attributes: ["axis": .int(0)])[0].strings == ["x", "x"])
    #expect(throws: OperatorError.self) { try call("Concat", opset: 13, [a, b], attributes: ["axis": .int(0)]) }
    #expect(throws: OperatorError.self) { try call("Concat", opset: 13, [a, b]) }
  }

  @Test("Split by sizes, evenly, and with a smaller last part")
  func split() throws {
    let x = Tensor.counting(2, 5)
    let bySizes = try call("Split", opset: 13, [x, .list(2, 0, 3)], attributes: ["axis": .int(1)], outputs: 3)
    #expect(bySizes.map(\.shape.dimensions) == [[2, 2], [2, 0], [2, 3]])
    #expect(bySizes[2].elements(of: Float.self) == [2, 3, 4, 7, 8, 9])
    let older = try call(
      "Split", opset: 2, [x], attributes: ["axis": .int(1), "split": .ints([4, 1])], outputs: 2)
    #expect(older[1].elements(of: Float.self) == [4, 9])
    let even = try call("Split", opset: 13, [x], outputs: 2)
    #expect(even[1].elements(of: Float.self) == [5, 6, 7, 8, 9])
    let uneven = try call(
      "Split", opset: 18, [x], attributes: ["axis": .int(1), "num_outputs": .int(3)], outputs: 3)
    #expect(uneven.map(\.shape.dimensions) == [[2, 2], [2, 2], [2, 1]])
    #expect(throws: OperatorError.self) { try call("Split", opset: 13, [x], attributes: ["axis": .int(1)], outputs: 2) }
    for sizes in [Tensor.list(2, 4), .list(-1, 6), .list(5), .list(Int.max, Int.max)] {
      #expect(throws: OperatorError.self) {
        try call("Split", opset: 13, [x, sizes], attributes: ["axis": .int(1)], outputs: 2)
      }
    }
  }

  /// Expected values by hand from the rules of Python's slices.
  @Test(
    "Slice clamps, counts from the end and goes backwards",
    arguments: [
      (1, 4, 1, [1, 2, 3]), (0, 100, 2, [0, 2, 4, 6, 8]), (-3, -1, 1, [7, 8]), (-100, 3, 1, [0, 1, 2]),
      (9, 3, -2, [9, 7, 5]), (-1, Int.min, -3, [9, 6, 3, 0]), (5, 5, 1, []), (Int.max, Int.min, -5, [9, 4]),
      (0, Int.max, Int.max, [0]), (20, 0, Int.min, [9]), (3, 7, -1, []),
    ])
  func slice(start: Int, end: Int, step: Int, expected: [Int]) throws {
    let x = Tensor.counting(10)
    let y = try call("Slice", opset: 13, [x, .list(start), .list(end), .list(0), .list(step)])[0]
    #expect(y.elements(of: Float.self) == expected.map { Float($0) })
  }

  @Test("DynamicSlice is Slice of inputs at an old opset")
  func dynamicSlice() throws {
    let y = try call("DynamicSlice", opset: 9, [.counting(3, 4), .list(0, -2), .list(2, 9), .list(0, 1)])[0]
    #expect(y.shape.dimensions == [2, 2])
    #expect(y.elements(of: Float.self) == [2, 3, 6, 7])
  }

  @Test("Slice of inner axes, in its older form, and refused")
  func sliceForms() throws {
    let x = Tensor.counting(2, 3, 4)
    let y = try call("Slice", opset: 10, [x, .list(1, 0), .list(3, 9), .list(1, -1), .list(1, 3)])[0]
    #expect(y.shape.dimensions == [2, 2, 2])
    #expect(y.elements(of: Float.self) == [4, 7, 8, 11, 16, 19, 20, 23])
    let older = try call(
      "Slice", opset: 9, [x], attributes: ["starts": .ints([1, 2]), "ends": .ints([2, 1000])])[0]
    #expect(older.shape.dimensions == [1, 1, 4])
    #expect(older.elements(of: Float.self) == [20, 21, 22, 23])
    #expect(throws: OperatorError.self) { try call("Slice", opset: 13, [x, .list(0), .list(1), .list(0), .list(0)]) }
    #expect(throws: OperatorError.self) { try call("Slice", opset: 13, [x, .list(0), .list(1), .list(3)]) }
    #expect(throws: OperatorError.self) { try call("Slice", opset: 13, [x, .list(0, 0), .list(1)]) }
  }

  @Test("Expand and Tile")
  func expandAndTile() throws {
    let x = Tensor.of([2, 1], [Float]([1, 2]))
    let y = try call("Expand", opset: 13, [x, .list(2, 1, 3)])[0]
    #expect(y.shape.dimensions == [2, 2, 3])
    #expect(y.elements(of: Float.self) == [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2])
    #expect(throws: (any Error).self) { try call("Expand", opset: 13, [x, .list(3, 3)]) }
    let tiled = try call("Tile", opset: 13, [.of([1, 2], [UInt8]([1, 2])), .list(2, 2)])[0]
    #expect(tiled.elements(of: UInt8.self) == [1, 2, 1, 2, 1, 2, 1, 2])
    let older = try call("Tile", opset: 1, [x, Tensor(scalar: Float(3)), Tensor(scalar: Float(1))])[0]
    #expect(older.elements(of: Float.self) == [1, 1, 1, 2, 2, 2])
    #expect(throws: (any Error).self) { try call("Tile", opset: 13, [x, .list(Int.max, Int.max)]) }
    #expect(throws: OperatorError.self) { try call("Tile", opset: 13, [x, .list(-1, 1)]) }
    #expect(throws: (any Error).self) { try call("Tile", opset: 13, [x, .list(1 << 40, 1)]) }
    let words = Tensor(.scalar, strings: ["x"])
    #expect(throws: OperatorError.self) { try call("Expand", opset: 13, [words, .list(1 << 40)]) }
  }

  /// Expected values from the examples in the ONNX specification of the two operators.
  @Test("DepthToSpace and SpaceToDepth")
  func depthAndSpace() throws {
    let x = Tensor.of(
      [1, 8, 2, 3], stride(from: 0, to: 72, by: 9).flatMap { base in (0..<6).map { Float(base + $0) } })
    let dcr = try call("DepthToSpace", opset: 13, [x], attributes: ["blocksize": .int(2)])[0]
    #expect(dcr.shape.dimensions == [1, 2, 4, 6])
    #expect(
      dcr.elements(of: Float.self) == [
        0, 18, 1, 19, 2, 20, 36, 54, 37, 55, 38, 56, 3, 21, 4, 22, 5, 23, 39, 57, 40, 58, 41, 59,
        9, 27, 10, 28, 11, 29, 45, 63, 46, 64, 47, 65, 12, 30, 13, 31, 14, 32, 48, 66, 49, 67, 50, 68,
      ])
    let crd = try call(
      "DepthToSpace", opset: 13, [x], attributes: ["blocksize": .int(2), "mode": .string(Array("CRD".utf8))])[0]
    #expect(
      crd.elements(of: Float.self).prefix(12) == [0, 9, 1, 10, 2, 11, 18, 27, 19, 28, 20, 29])
    let back = try call("SpaceToDepth", opset: 13, [dcr], attributes: ["blocksize": .int(2)])[0]
    #expect(back.shape == x.shape)
    #expect(back.elements(of: Float.self) == x.elements(of: Float.self))
    for block in [0, -1, 3, 1 << 31] as [Int64] {
      #expect(throws: OperatorError.self) {
        try call("DepthToSpace", opset: 13, [x], attributes: ["blocksize": .int(block)])
      }
      #expect(throws: OperatorError.self) {
        try call("SpaceToDepth", opset: 13, [x], attributes: ["blocksize": .int(block)])
      }
    }
  }

  @Test("Large tensors give the same bytes on one thread and on two")
  func threads() throws {
    let x = Tensor.counting(3, 130, 257)
    for permutation in [[2, 0, 1], [1, 0, 2], [2, 1, 0]] as [[Int64]] {
      let one = try call("Transpose", opset: 13, [x], attributes: ["perm": .ints(permutation)], threads: 1)[0]
      let two = try call("Transpose", opset: 13, [x], attributes: ["perm": .ints(permutation)], threads: 2)[0]
      #expect(one.elements(of: Float.self) == two.elements(of: Float.self))
      #expect(one.elements(of: Float.self).sorted() == x.elements(of: Float.self))
    }
  }

  @Test("ReverseSequence and Trilu")
  func reverseAndTrilu() throws {
    let x = Tensor.counting(3, 2)
    let y = try call("ReverseSequence", opset: 10, [x, .list(3, 2)])[0]
    #expect(y.elements(of: Float.self) == [4, 3, 2, 1, 0, 5])
    let byBatch = try call(
      "ReverseSequence", opset: 10, [x, .list(2, 1, 0)], attributes: ["batch_axis": .int(0), "time_axis": .int(1)])[0]
    #expect(byBatch.elements(of: Float.self) == [1, 0, 2, 3, 4, 5])
    #expect(throws: OperatorError.self) { try call("ReverseSequence", opset: 10, [x, .list(4, 0)]) }
    let square = Tensor.of([2, 3], [Int64](1...6))
    #expect(try call("Trilu", opset: 14, [square])[0].elements(of: Int64.self) == [1, 2, 3, 0, 5, 6])
    let lower = try call("Trilu", opset: 14, [square, Tensor(scalar: Int64(1))], attributes: ["upper": .int(0)])[0]
    #expect(lower.elements(of: Int64.self) == [1, 2, 0, 4, 5, 6])
    let none = try call("Trilu", opset: 14, [square, Tensor(scalar: Int64.max)])[0]
    #expect(none.elements(of: Int64.self) == [0, 0, 0, 0, 0, 0])
  }
}
