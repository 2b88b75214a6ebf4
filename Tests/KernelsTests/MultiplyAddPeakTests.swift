import CKernels
import Kernels
import Testing

@Suite("Peak of the vector units")
struct MultiplyAddPeakTests {
  @Test("Chains tend to 2 in every lane, on every instruction set", arguments: InstructionSet.available)
  func chains(set: InstructionSet) throws {
    let table = try #require(ckernels_table_for(set.rawValue)).pointee
    let kernels = table.peak!.pointee
    #expect(kernels.round_size % Int(table.blocked!.pointee.lanes) == 0)
    // x / 2 + 1 has the fixed point 2, and there are twelve chains.
    #expect(kernels.run(100) == 24)
  }

  @Test("It is measured on any number of threads", arguments: [1, 2])
  func measured(threads: Int) {
    let peak = MultiplyAddPeak.measure(on: ThreadPool(threadCount: threads))
    #expect(peak > 1e6 && peak < 1e13)
  }
}
