private import CKernels

/// The most multiply-adds that the machine's vector units do.
public enum MultiplyAddPeak {
  /// Measures it on all threads of a pool at once: the clock may be slower then than with one at work.
  ///
  /// Complexity: about 20 ms.
  ///
  /// - Returns: float32 multiply-adds a second and thread.
  /// - Precondition: the machine has the instruction set.
  public static func measure(on pool: ThreadPool, instructionSet: InstructionSet = .current) -> Double {
    let kernels = instructionSet.kernels.pointee.peak!.pointee
    // Short enough for some to run from end to end where other work takes turns with this.
    let rounds = 1 << 12
    let slices = 256 * pool.threadCount
    let seconds = FloatStorage(zeros: slices)
    let results = FloatStorage(zeros: slices)
    pool.forEach(slices) { slice in
      let start = ContinuousClock.now
      results.start[slice] = kernels.run(rounds)
      let duration = ContinuousClock.now - start
      seconds.start[slice] = Float(duration.components.attoseconds) * 1e-18 + Float(duration.components.seconds)
    }
    return Double(rounds * kernels.round_size) / Double(seconds.elements.min()!)
  }
}
