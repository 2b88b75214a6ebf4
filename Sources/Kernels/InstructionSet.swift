internal import CKernels

/// The instruction sets that kernels are written for, from the least to the most capable.
///
/// Results agree between sets to rounding; on one set they are the same bits however the work is split.
public enum InstructionSet: Int32, Sendable, CaseIterable {
  /// Vectors of four in the compiler's vector extension: SSE2 on x86-64, NEON on AArch64.
  case portable
  /// AVX2 with FMA.
  case avx2
  /// AVX-512 F, VL, BW and DQ.
  case avx512

  /// The one that is used unless a call asks for another: what the environment variable `ONNX_LENS_ISA` names
  /// (`scalar` or `portable`, `avx2`, `avx512`), or the next less capable one where this machine lacks it; the most
  /// capable one that it has for any other value and without one.
  public static let current = InstructionSet(rawValue: ckernels_preferred_instruction_set()) ?? .portable

  /// Those that this machine has.
  public static let available = allCases.filter { ckernels_table_for($0.rawValue) != nil }

  /// The kernels.
  ///
  /// - Precondition: the machine has the instruction set.
  var kernels: UnsafePointer<ckernels_table> {
    guard let table = ckernels_table_for(rawValue) else { preconditionFailure("this machine lacks \(self)") }
    return table
  }
}

extension InstructionSet: CustomStringConvertible {
  public var description: String {
    switch self {
    case .portable: "portable"
    case .avx2: "avx2"
    case .avx512: "avx512"
    }
  }
}
