extension Preprocessing {
  /// The side taken where neither the preprocessing nor the model's input shape gives a size.
  public static let defaultSide = 224

  /// The preprocessing with size, layout and short side filled in from the model's input.
  ///
  /// - Parameter shape: the extents of the model's input, outermost first; nil where one is not fixed.
  /// - Throws: `ImageError` where the input is no batch of three-channel pictures, or contradicts the preprocessing.
  public func resolved(forInputShape shape: [Int?]) throws(ImageError) -> Preprocessing {
    let text = "[\(shape.map { $0.map(String.init) ?? "?" }.joined(separator: "×"))]"
    guard shape.count == 4 else {
      throw ImageError(
        .mismatched, "the model's input of shape \(text) takes no pictures: four axes are needed; pass a .npy tensor")
    }
    var result = self
    let layout = layout ?? (shape[3] == 3 && shape[1] != 3 ? .nhwc : .nchw)
    result.layout = layout
    let (channels, rows, columns) = layout.extents(of: shape)
    guard channels ?? 3 == 3 else {
      throw ImageError(
        .mismatched,
        "the model's input of shape \(text) has \(channels!) channels in \(layout.rawValue); pictures have 3")
    }
    let height = rows ?? size?.height ?? columns ?? Self.defaultSide
    let width = columns ?? size?.width ?? rows ?? Self.defaultSide
    if let size, (size.height, size.width) != (height, width) {
      throw ImageError(
        .mismatched,
        "the preprocessing makes pictures of \(size), the model's input of shape \(text) takes \(height)×\(width)")
    }
    try Self.check(side: height, "the input's height")
    try Self.check(side: width, "the input's width")
    result.size = Size(height: height, width: width)
    if case .shortSideRatio(let numerator, let denominator) = resizing {
      result.resizing = .shortSide(max(max(height, width) * numerator / denominator, 1))
    }
    return result
  }

  /// - Throws: `ImageError` unless 1 ≤ `side` ≤ 16 384.
  static func check(side: Int, _ what: String) throws(ImageError) {
    guard (1...ImageLimits.standard.side).contains(side) else {
      throw ImageError(.resourceLimit, "\(what) is \(side); 1 to \(ImageLimits.standard.side) is allowed")
    }
  }
}
