import Kernels

/// Σ w_i M_i over masks that are made when their turn comes rather than kept.
enum WeightedMaskSum {
  /// Masks are added up in fixed blocks, one block a thread at a time, and the blocks in order, so that the sum does not
  /// depend on the number of threads.
  ///
  /// - Parameters:
  ///   - weights: the factor of each mask.
  ///   - size: the elements of a mask.
  ///   - write: writes mask `index`; called from any thread.
  static func sum(
    weights: [Double], size: Int, pool: ThreadPool,
    write: @Sendable (_ index: Int, _ mask: UnsafeMutableBufferPointer<Float>) -> Void
  ) -> [Double] {
    let blockSize = 32
    let blockCount = (weights.count + blockSize - 1) / blockSize
    var sum = [Double](repeating: 0, count: size)
    // As many blocks at a time as bound the memory.
    let groupSize = 16
    for first in stride(from: 0, to: blockCount, by: groupSize) {
      let blocks = min(groupSize, blockCount - first)
      var partial = [Double](repeating: 0, count: blocks * size)
      partial.withUnsafeMutableBufferPointer { partial in
        nonisolated(unsafe) let partial = partial
        pool.forEach(blocks) { block in
          let start = (first + block) * blockSize
          withUnsafeTemporaryAllocation(of: Float.self, capacity: size) { mask in
            for index in start..<min(start + blockSize, weights.count) {
              write(index, mask)
              let weight = weights[index]
              for pixel in 0..<size { partial[block * size + pixel] += weight * Double(mask[pixel]) }
            }
          }
        }
      }
      for block in 0..<blocks {
        for pixel in 0..<size { sum[pixel] += partial[block * size + pixel] }
      }
    }
    return sum
  }
}
