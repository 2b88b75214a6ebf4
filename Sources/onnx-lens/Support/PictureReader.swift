import OnnxLens

/// Makes network inputs of picture files by the rule that is asked for, found beside the model, or taken by default.
struct PictureReader {
  private let preprocessing: Preprocessing
  private let ignoresOrientation: Bool
  private let say: (String) -> Void

  /// - Parameters:
  ///   - rule: the one that is asked for, a name or a file.
  ///   - inputExtents: the network's input as far as it is fixed.
  ///   - squashesBicubically: squash pictures by bicubic resizing, as the MATLAB article does, whatever the rule.
  ///   - say: takes notices of what was chosen.
  init(
    rule name: String?, model: String, inputExtents: [Int?], ignoresOrientation: Bool = false,
    squashesBicubically: Bool = false, say: @escaping (String) -> Void
  ) throws {
    var (rule, origin) = try Preprocessing.load(name, forModel: model)
    if squashesBicubically {
      rule.resizing = .squash
      rule.cropsCenter = false
      rule.interpolation = .bicubic
    }
    preprocessing = try rule.resolved(forInputShape: inputExtents)
    self.ignoresOrientation = ignoresOrientation
    self.say = say
    say("\(origin)\(squashesBicubically ? ", squashed by bicubic resizing as the preset does" : "")")
  }

  /// The network's input size.
  var size: Preprocessing.Size { preprocessing.size! }

  /// The rule in words, whatever the picture.
  var rule: String { preprocessing.rule }

  /// Reads a picture and prepares it.
  ///
  /// - Returns: the network's input, what maps are drawn over, and what was done in words.
  func read(_ path: String) throws -> (input: NetworkInput, canvas: ExplanationCanvas, description: String) {
    let decoded = try Image.decode(contentsOf: path, ignoringOrientation: ignoresOrientation)
    for warning in decoded.warnings { say("warning: \(path): \(warning)") }
    if decoded.orientation != .upright {
      say(
        ignoresOrientation
          ? "\(path): left as stored, though its EXIF orientation is \(decoded.orientation.rawValue)"
          : "\(path): turned upright by its EXIF orientation (\(decoded.orientation.rawValue)); --ignore-exif leaves it"
      )
    }
    let picture = try preprocessing.prepared(from: decoded.image)
    return (
      NetworkInput(
        tensor: try preprocessing.tensor(of: picture),
        picture: NetworkInput.Picture(image: picture, preprocessing: preprocessing)),
      ExplanationCanvas(
        photograph: decoded.image, visibleArea: try preprocessing.visibleArea(of: decoded.image)),
      preprocessing.summary(of: decoded.image)
    )
  }
}

extension Preprocessing {
  /// The steps in words, such as `300×451 → 227×227 (squash, bilinear), BGR, (pixel·1 − 104,117,123)/1,1,1`.
  func summary(of image: Image) -> String { "\(image.height)×\(image.width) → \(rule)" }

  /// The steps in words for any picture.
  fileprivate var rule: String {
    let resize =
      switch resizing {
      case .none: "as it is"
      case .squash: "squash, \(interpolation.rawValue)"
      case .exact(let size): "to \(size), \(interpolation.rawValue)"
      case .shortSide(let side): "short side \(side), \(interpolation.rawValue)"
      case .shortSideRatio(let numerator, let denominator):
        "short side \(numerator)/\(denominator) of the input's, \(interpolation.rawValue)"
      }
    func list(_ values: [Float]) -> String { values.map { "\($0)" }.joined(separator: ",") }
    return "\(size.map(\.description) ?? "?") (\(resize)"
      + "\(cropsCenter ? ", centre crop" : "")), \(channels.rawValue), (pixel·\(scale) − \(list(mean)))/\(list(std))"
  }
}
