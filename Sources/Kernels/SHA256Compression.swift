internal import CKernels

/// The ways to take blocks of bytes into the state of a SHA-256 digest; all give the same.
public enum SHA256Compression: Sendable, CaseIterable {
  case portable
  /// By the processor's own instructions.
  case extensions

  /// Those that this machine has.
  public static let available = allCases.filter { $0.function != nil }

  /// The fastest one that this machine has, unless `ONNX_LENS_ISA` asks for portable code.
  public static let current: SHA256Compression =
    InstructionSet.current == .portable ? .portable : available.last ?? .portable

  private var function: (@convention(c) (UnsafeMutablePointer<UInt32>?, UnsafePointer<UInt8>?, Int) -> Void)? {
    switch self {
    case .portable: ckernels_sha256_portable
    case .extensions: ckernels_sha256_extensions()
    }
  }

  /// Takes in all of `blocks`.
  ///
  /// - Parameter state: eight words.
  /// - Precondition: this machine has the way, and there is a whole number of blocks of 64 bytes.
  public func compress(_ blocks: UnsafeRawBufferPointer, into state: inout [UInt32]) {
    precondition(blocks.count % 64 == 0 && state.count == 8)
    guard let function else { preconditionFailure("this machine lacks \(self)") }
    guard blocks.count > 0 else { return }
    function(&state, blocks.bindMemory(to: UInt8.self).baseAddress, blocks.count / 64)
  }
}
