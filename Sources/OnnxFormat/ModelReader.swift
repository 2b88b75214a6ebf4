import COnnxProto
public import GraphIR

/// Reads ONNX models.
///
/// A file is mapped, scanned, unpacked without its weights, and made a graph. Weights, also those of external data, stay
/// in the mapped files, which must not change while the model is used: where one is cut off, reading it raises SIGBUS.
public enum ModelReader {
  /// Reads a model file, and the files of external data that it names.
  ///
  /// - Complexity: linear in the file's length without the weights that stay in it.
  /// - Throws: `ModelError`.
  public static func read(
    contentsOf path: String, limits: Limits = .default
  ) throws(ModelError) -> Model {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    do throws(ModelError) {
      return try read(FileContent(path: path, limits: limits), folder: folder, limits: limits)
    } catch { throw error.at(path: path) }
  }

  /// Reads a model from memory.
  ///
  /// - Parameter folder: where external data are looked for; nil refuses them.
  /// - Throws: `ModelError`.
  public static func read(
    bytes: [UInt8], folder: String? = nil, limits: Limits = .default
  ) throws(ModelError) -> Model {
    try read(FileContent(bytes, limits: limits), folder: folder, limits: limits)
  }

  private static func read(
    _ content: FileContent, folder: String?, limits: Limits
  ) throws(ModelError) -> Model {
    guard content.byteCount > 0 else {
      throw ModelError(.notAModel, "the file is empty", remedy: "fetch or export it again")
    }
    guard !content.bytes.starts(with: "version https://git-lfs".utf8) else {
      throw ModelError(.notAModel, "the file is a pointer of Git LFS", remedy: "fetch the model with git lfs pull")
    }
    let scan = try content.scan(as: WireSchema.model, limits: limits)
    let unpacked = try Unpacked<Onnx__ModelProto>(scan, schema: WireSchema.model, limits: limits)
    let builder = ModelBuilder(
      decoding: TensorDecoding(content: content, payloads: scan.payloads, limits: limits),
      external: folder.map { ExternalData(folder: $0, limits: limits) })
    return try builder.model(unpacked.message)
  }
}
