/// Where the places of a picture lie in the network's input: x · `scaleX` − `left`, y · `scaleY` − `top`, with places
/// measured in pixels from the upper left corner.
public struct PictureMapping: Sendable, Hashable {
  public let scaleX: Double
  public let scaleY: Double
  public let left: Double
  public let top: Double
}

extension Preprocessing {
  /// How resizing and cropping move the places of a picture.
  ///
  /// - Precondition: the preprocessing is resolved.
  /// - Throws: `ImageError` where the picture gets too large on the way.
  public func mapping(of image: Image, limits: ImageLimits = .standard) throws(ImageError) -> PictureMapping {
    let resized = try resizedSize(of: image, limits) ?? Size(height: image.height, width: image.width)
    let size = cropsCenter ? size : nil
    return PictureMapping(
      scaleX: Double(resized.width) / Double(image.width), scaleY: Double(resized.height) / Double(image.height),
      left: Double(size.map { Image.cropStart(resized.width, $0.width) } ?? 0),
      top: Double(size.map { Image.cropStart(resized.height, $0.height) } ?? 0))
  }
}
