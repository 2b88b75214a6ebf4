import Foundation
import Kernels
import Synchronization
import Testing

@Suite("Thread pool")
struct ThreadPoolTests {
  @Test("Every item runs once", arguments: [1, 2, 3, 8], [0, 1, 2, 7, 1000])
  func everyItemOnce(threads: Int, count: Int) {
    let pool = ThreadPool(threadCount: threads)
    #expect(pool.threadCount == threads)
    let calls = UnsafeMutableBufferPointer<Int>.allocate(capacity: count)
    defer { calls.deallocate() }
    nonisolated(unsafe) let shared = calls
    for _ in 0..<20 {
      calls.initialize(repeating: 0)
      pool.forEach(count) { shared[$0] += 1 }
      #expect(Array(calls) == [Int](repeating: 1, count: count))
    }
  }

  @Test("What the items wrote is there after the loop")
  func writesAreVisible() {
    let pool = ThreadPool(threadCount: 2)
    let values = UnsafeMutableBufferPointer<Int>.allocate(capacity: 64)
    defer { values.deallocate() }
    values.initialize(repeating: 0)
    nonisolated(unsafe) let shared = values
    for round in 1...2000 {
      pool.forEach(64) { shared[$0] += $0 + round }
    }
    #expect(Array(values) == (0..<64).map { 2000 * $0 + 2000 * 2001 / 2 })
  }

  @Test("Other threads take items while the caller is in one")
  func worksInParallel() {
    let pool = ThreadPool(threadCount: 2)
    // Each of the two items ends only after the other has begun.
    let begun = Atomic(0)
    pool.forEach(2) { _ in
      begun.add(1, ordering: .relaxed)
      while begun.load(ordering: .relaxed) < 2 { usleep(100) }
    }
    #expect(begun.load(ordering: .relaxed) == 2)
  }

  @Test("A loop works after the threads have gone to sleep")
  func wakesUp() {
    let pool = ThreadPool(threadCount: 3)
    for _ in 0..<3 {
      usleep(20_000)
      let begun = Atomic(0)
      pool.forEach(3) { _ in
        begun.add(1, ordering: .relaxed)
        while begun.load(ordering: .relaxed) < 3 { usleep(100) }
      }
      #expect(begun.load(ordering: .relaxed) == 3)
    }
  }

  @Test("A loop inside of a loop runs on the thread that starts it")
  func nested() {
    let pool = ThreadPool(threadCount: 2)
    let strayItems = Atomic(0)
    let items = Atomic(0)
    pool.forEach(8) { _ in
      let outer = pthread_self()
      pool.forEach(16) { _ in
        items.add(1, ordering: .relaxed)
        if pthread_equal(outer, pthread_self()) == 0 { strayItems.add(1, ordering: .relaxed) }
      }
    }
    #expect(items.load(ordering: .relaxed) == 8 * 16)
    #expect(strayItems.load(ordering: .relaxed) == 0)
  }

  @Test("Several threads may run loops on one pool at a time")
  func concurrentCallers() async {
    let pool = ThreadPool(threadCount: 2)
    let sums = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let sum = Atomic(0)
          for _ in 0..<500 { pool.forEach(10) { sum.add($0, ordering: .relaxed) } }
          return sum.load(ordering: .relaxed)
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(sums == [Int](repeating: 500 * 45, count: 4))
  }

  @Test("Without a count there is at least one thread; a count below one means one")
  func threadCounts() {
    #expect(ThreadPool().threadCount >= 1)
    #expect(ThreadPool(threadCount: 0).threadCount == 1)
    #expect(ThreadPool(threadCount: -5).threadCount == 1)
  }
}
