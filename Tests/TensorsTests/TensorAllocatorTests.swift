import Tensors
import Testing

struct TensorAllocatorTests {
  private func make(_ count: Int, _ allocator: TensorAllocator) throws -> Tensor {
    try Tensor(Shape([count]), of: Float.self, allocator: allocator) { $0.update(repeating: 1) }
  }

  @Test func givesMemoryBackAtTheLastUse() throws {
    let allocator = TensorAllocator()
    var first: UnsafeRawPointer?
    do {
      let tensor = try make(1000, allocator)
      tensor.withUnsafeBytes { first = $0.baseAddress }
    }
    let second = try make(1000, allocator)
    second.withUnsafeBytes { #expect($0.baseAddress == first) }
  }

  @Test func doesNotShareMemoryThatIsInUse() throws {
    let allocator = TensorAllocator()
    let (left, right) = (try make(1000, allocator), try make(1000, allocator))
    left.withUnsafeBytes { left in
      right.withUnsafeBytes { right in #expect(left.baseAddress != right.baseAddress) }
    }
  }

  @Test func refusesMoreThanTheLimit() throws {
    let allocator = TensorAllocator(limit: 10_000)
    let kept = try make(1000, allocator)
    #expect(throws: AllocationError.self) { _ = try make(2000, allocator) }
    // What was refused is not counted as used.
    _ = try make(1000, allocator)
    #expect(kept.count == 1000)
    #expect(allocator.peakBytes <= 10_000)
  }

  @Test func refusesMoreThanTheMachineHas() throws {
    let allocator = TensorAllocator()
    for exponent in [50, 55, 58] {
      #expect(throws: AllocationError.self) {
        _ = try Tensor(Shape([1 << exponent]), of: Float.self, allocator: allocator) { _ in }
      }
    }
    #expect(allocator.peakBytes == 0)
  }
}
