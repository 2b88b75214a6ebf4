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
  /// A data set in CSV or COCO JSON, or the records of an evaluation.
  case evaluation

  /// Takes the bytes.
  public func run(_ bytes: [UInt8]) {
    do {
      switch self {
      case .model: _ = try ModelReader.read(bytes: bytes, limits: Self.limits)
      case .graph: try GraphRun(bytes, limits: Self.limits).run()
      case .image: _ = try Image.decode(bytes, limits: ImageLimits(side: 4096, pixels: 1 << 20, scans: 20))
      case .tensor: try readTensor(bytes)
      case .evaluation: try readEvaluation(bytes)
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

  /// No format says in its first bytes which it is: JSON documents are tried as both, all else as a table.
  private func readEvaluation(_ bytes: [UInt8]) throws {
    guard bytes.first == UInt8(ascii: "{") else {
      return use(try DataSet(csv: bytes, name: "table", images: "folder"))
    }
    _ = try? RecordFile.parse(bytes, name: "records")
    use(try DataSet(coco: bytes, name: "annotations", images: "folder"))
  }

  private func use(_ dataSet: DataSet) {
    _ = dataSet.listing
    for box in dataSet.items.flatMap(\.labels).flatMap(\.boxes) { _ = box.clipped(width: 224, height: 224) }
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
