import Tensors
import Testing

struct ShapeTests {
  @Test func countsElements() throws {
    #expect(try Shape([2, 3, 4]).count == 24)
    #expect(try Shape([2, 0, 4]).count == 0)
    #expect(Shape.scalar.count == 1)
    #expect(try Shape([2, 3, 4]).strides == [12, 4, 1])
  }

  @Test(arguments: [[-1], [2, -3], [1 << 40, 1 << 40], [Int.max, 2], [1 << 62]])
  func refusesImpossibleExtents(dimensions: [Int]) {
    #expect(throws: ShapeError.self) { try Shape(dimensions) }
  }

  @Test func anEmptyExtentDoesNotHideAnOverflow() {
    #expect(throws: ShapeError.self) { try Shape([0, 1 << 40, 1 << 40]) }
  }

  @Test func countsAxesFromTheEnd() throws {
    let shape = try Shape([2, 3])
    #expect(try shape.normalizedAxis(-1) == 1)
    #expect(try shape.normalizedAxis(0) == 0)
    #expect(throws: ShapeError.self) { try shape.normalizedAxis(2) }
    #expect(throws: ShapeError.self) { try shape.normalizedAxis(-3) }
    #expect(throws: ShapeError.self) { try Shape.scalar.normalizedAxis(0) }
  }

  /// The examples of NumPy's broadcasting documentation.
  @Test(
    arguments: [
      ([8, 1, 6, 1], [7, 1, 5], [8, 7, 6, 5]),
      ([5, 4], [1], [5, 4]),
      ([5, 4], [], [5, 4]),
      ([15, 3, 5], [3, 1], [15, 3, 5]),
      ([0], [1], [0]),
    ] as [([Int], [Int], [Int])])
  func broadcastsLikeNumPy(left: [Int], right: [Int], expected: [Int]) throws {
    let (left, right) = (try Shape(left), try Shape(right))
    #expect(try left.broadcast(with: right).dimensions == expected)
    #expect(try right.broadcast(with: left).dimensions == expected)
  }

  @Test func refusesWhatDoesNotBroadcast() throws {
    let (left, right) = (try Shape([2, 1]), try Shape([8, 4, 3]))
    #expect(throws: ShapeError.self) { try left.broadcast(with: right) }
  }

  @Test func repeatedAxesHaveNoStride() throws {
    #expect(try Shape([3, 1]).strides(broadcastTo: Shape([2, 3, 4])) == [0, 1, 0])
  }
}
