private import FoundationEssentials
private import Glibc

extension Preprocessing {
  /// Where a preprocessing comes from.
  public enum Origin: Sendable, Hashable, CustomStringConvertible {
    /// One of ``names``, asked for.
    case name(String)
    /// A file, asked for.
    case file(String)
    /// A file found beside the model.
    case sidecar(String)
    /// Nothing was asked for or found: `imagenet`.
    case standard

    public var description: String {
      switch self {
      case .name(let name): "preprocessing \(name)"
      case .file(let path): "preprocessing from \(path)"
      case .sidecar(let path): "preprocessing from \(path), beside the model"
      case .standard: "preprocessing imagenet, as neither --preprocess nor a .preprocess.json beside the model is given"
      }
    }
  }

  /// The preprocessing for a model: what `argument` names, else the file beside the model, else `imagenet`.
  ///
  /// - Parameter argument: one of ``names``, or the path of a JSON file.
  /// - Throws: `ImageError` where a file cannot be read, or does not describe a preprocessing.
  public static func load(
    _ argument: String?, forModel modelPath: String
  ) throws(ImageError) -> (preprocessing: Preprocessing, origin: Origin) {
    if let argument {
      if let preprocessing = named(argument) { return (preprocessing, .name(argument)) }
      guard exists(argument) else {
        throw ImageError(
          .inputOutput, "\(argument): neither a file nor a preprocessing name (\(names.joined(separator: ", ")))")
      }
      return (try read(argument, forModel: modelPath), .file(argument))
    }
    let stem = modelPath.hasSuffix(".onnx") ? String(modelPath.dropLast(5)) : modelPath
    for path in [stem + ".preprocess.json", modelPath + ".preprocess.json"] where exists(path) {
      return (try read(path, forModel: modelPath), .sidecar(path))
    }
    return (imagenet, .standard)
  }

  private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The preprocessing that the JSON file at `path` describes.
  ///
  /// The file is an object with our own keys, a Hugging Face `preprocessor_config.json`, or an object of such objects
  /// by model name, of which the one with the name of the model's file is taken.
  static func read(_ path: String, forModel modelPath: String) throws(ImageError) -> Preprocessing {
    let bytes = try contents(of: path, limit: 1 << 20)
    do throws(ImageError) {
      return try parse(bytes, forModel: modelPath)
    } catch {
      throw error.at(path)
    }
  }

  static func parse(_ json: [UInt8], forModel modelPath: String) throws(ImageError) -> Preprocessing {
    let document: JSONValue
    do {
      document = try JSONDecoder().decode(JSONValue.self, from: Data(json))
    } catch {
      throw ImageError(.malformed, "not a JSON document")
    }
    guard case .object(var values) = document else { throw ImageError(.malformed, "not a JSON object") }
    let parts = values.compactMapValues { if case .object(let part) = $0 { part } else { nil } }
    if !parts.isEmpty, parts.count == values.count, parts.keys.allSatisfy({ !keys.contains($0) }) {
      let file = modelPath.split(separator: "/").last.map(String.init) ?? modelPath
      let name = file.hasSuffix(".onnx") ? String(file.dropLast(5)) : file
      guard let part = parts[name] else {
        throw ImageError(
          .mismatched, "nothing for the model \"\(name)\", only for \(parts.keys.sorted().joined(separator: ", "))")
      }
      values = part
    }
    let members = JSONMembers(values: values)
    return isHuggingFace(members) ? try Preprocessing(huggingFace: members) : try Preprocessing(members)
  }
}
