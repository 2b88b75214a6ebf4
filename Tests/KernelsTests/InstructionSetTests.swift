import Kernels
import Testing

@Suite("Instruction sets")
struct InstructionSetTests {
  @Test("The portable set is always there, and the current one is among the available")
  func available() {
    #expect(InstructionSet.available.first == .portable)
    #expect(InstructionSet.available.contains(.current))
  }
}
