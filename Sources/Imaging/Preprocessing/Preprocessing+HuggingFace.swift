extension Preprocessing {
  /// Keys of which a Hugging Face `preprocessor_config.json` has at least one, and our own files have none.
  private static let huggingFaceMarks = [
    "image_processor_type", "feature_extractor_type", "do_resize", "do_rescale", "do_normalize", "do_center_crop",
    "image_mean", "image_std",
  ]

  /// Whether a JSON object is a Hugging Face `preprocessor_config.json`.
  static func isHuggingFace(_ members: JSONMembers) -> Bool {
    huggingFaceMarks.contains { members.values[$0] != nil }
  }

  /// The preprocessing that a Hugging Face `preprocessor_config.json` describes, for image classifiers.
  ///
  /// Keys that do not change the pixels are passed over. A centre crop starts by torchvision's rule, as in the
  /// "fast" processors. Source: transformers, `image_processing_*.py` and `image_transforms.py`.
  ///
  /// - Throws: `ImageError` where a value is not of its kind, or asks for a step that is not done here.
  init(huggingFace members: JSONMembers) throws(ImageError) {
    for key in ["do_pad", "rescale_offset", "include_top", "do_pan_and_scan", "do_image_splitting"]
    where try members.bool(key) == true {
      throw ImageError(.unsupported, "\"\(key)\" of a preprocessor_config.json is not done here")
    }
    let type = Self.text(members["image_processor_type"]) ?? Self.text(members["feature_extractor_type"]) ?? ""
    self.init(layout: nil, scale: 1 / 255)

    let edges = try members["size"].map { value throws(ImageError) in try Edges(value, "size") }
    let cropEdges = try members["crop_size"].map { value throws(ImageError) in try Edges(value, "crop_size") }
    cropsCenter = try members.bool("do_center_crop") ?? false
    if cropsCenter { size = (cropEdges ?? edges)?.square }
    if try members.bool("do_resize") ?? true, let edges {
      try setResizing(to: edges, ratio: try members.number("crop_pct", magnitude: 0.01...1), processor: type)
    } else {
      resizing = .none
    }
    interpolation = try Self.filter(members["resample"]) ?? .bilinear

    scale = try members.bool("do_rescale") == false ? 1 : Float(factor(members) ?? 1 / 255)
    if try members.bool("do_normalize") ?? true {
      guard let mean = try members.channels("image_mean", magnitude: Self.offsets),
        let std = try members.channels("image_std", magnitude: Self.factors)
      else { throw ImageError(.malformed, "\"do_normalize\" needs \"image_mean\" and \"image_std\"") }
      (self.mean, self.std) = (mean, std)
    }
    if try members.bool("do_flip_channel_order") == true {
      channels = .bgr
    }
  }

  private mutating func setResizing(to edges: Edges, ratio: Double?, processor: String) throws(ImageError) {
    switch edges {
    case .shortest(let side) where processor.hasPrefix("ConvNext"):
      // Below 384, a shortest edge of size / crop_pct and a crop; from 384 on, squashed.
      size = edges.square
      cropsCenter = side < 384
      resizing = cropsCenter ? .shortSide(Int(Double(side) / (ratio ?? 224.0 / 256))) : .squash
    case .side where !cropsCenter:
      size = edges.square
      resizing = .squash
    case .shortest(let side), .side(let side):
      resizing = .shortSide(side)
    case .both(let target):
      if !cropsCenter { size = target }
      resizing = .exact(target)
    }
  }

  /// A size as a `preprocessor_config.json` gives it.
  private enum Edges {
    /// The shortest edge, the other one following.
    case shortest(Int)
    /// A bare number: a square's side, or the shortest edge where a crop follows.
    case side(Int)
    case both(Size)

    init(_ value: JSONValue, _ key: String) throws(ImageError) {
      if case .number = value {
        self = .side(try JSONMembers.side(value, key))
        return
      }
      if case .object(let values) = value {
        let members = JSONMembers(values: values)
        if let height = try members.side("height"), let width = try members.side("width") {
          self = .both(Size(height: height, width: width))
          return
        }
        if let side = try members.side("shortest_edge") {
          self = .shortest(side)
          return
        }
      }
      throw JSONMembers.wrong(key, "{\"shortest_edge\": …}, {\"height\": …, \"width\": …} or one number")
    }

    /// Height and width, equal where only one number is given.
    var square: Size {
      switch self {
      case .shortest(let side), .side(let side): Size(height: side, width: side)
      case .both(let size): size
      }
    }
  }

  private func factor(_ members: JSONMembers) throws(ImageError) -> Double? {
    try members.number("rescale_factor", magnitude: Self.factors)
  }

  private static func text(_ value: JSONValue?) -> String? {
    if case .string(let text) = value { text } else { nil }
  }

  /// The filter of one of Pillow's numbers.
  private static func filter(_ value: JSONValue?) throws(ImageError) -> ResampleFilter? {
    switch value {
    case nil: nil
    case .number(0): .nearest
    case .number(1): .lanczos
    case .number(2): .bilinear
    case .number(3): .bicubic
    case .number(4): .box
    default: throw JSONMembers.wrong("resample", "one of Pillow's filters: 0 to 4")
    }
  }
}
