import OnnxLens

/// An entry point that takes bytes from strangers. Whatever they are, it comes back: with a result or an error, which
/// does not matter, in bounded memory, and without a trap.
public enum FuzzTarget: String, Sendable, CaseIterable {
  /// A model file, read.
  case model
  /// A model file, read and run on small inputs, plainly and compiled.
  case graph
  /// A PNG or JPEG file, decoded.
  case image
  /// An .npy file or a file of one `TensorProto`.
  case tensor

  /// Takes the bytes.
  public func run(_ bytes: [UInt8]) {
    do {
      switch self {
      case .model: _ = try ModelReader.read(bytes: bytes, limits: Self.limits)
      case .graph: try GraphRun(bytes, limits: Self.limits).run()
      case .image: _ = try Image.decode(bytes, limits: ImageLimits(side: 4096, pixels: 1 << 20, scans: 20))
      case .tensor: try readTensor(bytes)
      }
    } catch {
      precondition(!"\(error)".isEmpty, "an error without a text")
    }
  }

  private func readTensor(_ bytes: [UInt8]) throws {
    if bytes.first == 0x93 {
      let file = try NamelessFile(bytes)
      _ = try NpyFile.read(file.path, maximumBytes: 1 << 20)
    } else {
      _ = try TensorFile.read(bytes: bytes, limits: Self.limits)
    }
  }

  /// Less than the default ones, so that no input takes long.
  private static let limits = {
    var limits = Limits()
    limits.maximumFieldCount = 200_000
    limits.maximumMessageCount = 20_000
    limits.unpackingBudget = 1 << 26
    limits.maximumTensorElements = 1 << 20
    limits.maximumInlinedNodes = 2_000
    return limits
  }()
}
