import CKernels
import Kernels
import Testing

@Suite("Instruction sets")
struct InstructionSetTests {
  @Test("The portable set is always there, and the current one is among the available")
  func available() {
    #expect(InstructionSet.available.first == .portable)
    #expect(InstructionSet.available.contains(.current))
  }

  @Test("A name limits the choice; what it does not know it leaves to the machine")
  func names() throws {
    let best = try #require(InstructionSet.available.last)
    for (name, wanted) in [
      ("scalar", InstructionSet.portable), ("portable", .portable), ("avx2", .avx2), ("avx512", .avx512),
    ] {
      let expected = InstructionSet.available.last { $0.rawValue <= wanted.rawValue }
      #expect(InstructionSet(rawValue: ckernels_instruction_set_named(name)) == expected)
    }
    for name in ["", "AVX", "avx5120"] { #expect(ckernels_instruction_set_named(name) == best.rawValue) }
    #expect(ckernels_instruction_set_named(nil) == best.rawValue)
  }
}
