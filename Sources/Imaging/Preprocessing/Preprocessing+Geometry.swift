extension Preprocessing {
  /// The picture at the network's size, still of 8-bit RGB pixels: resized, then cropped.
  ///
  /// Pixels are those of Pillow's resizing and torchvision's rules for sizes: the long side is int(S · long / short),
  /// a centre crop starts at (side − size)/2 rounded half to even, and a crop beyond the picture is black there.
  ///
  /// - Precondition: the preprocessing is resolved.
  /// - Throws: `ImageError` where the picture gets too large on the way, or does not end up at the network's size.
  public func prepared(from image: Image, limits: ImageLimits = .standard) throws(ImageError) -> Image {
    guard let size else { preconditionFailure("the preprocessing has no size yet") }
    var picture = image
    if let target = try resizedSize(of: image, limits) {
      picture = picture.resized(width: target.width, height: target.height, interpolation)
    }
    if cropsCenter { picture = picture.centerCropped(to: size) }
    guard (picture.height, picture.width) == (size.height, size.width) else {
      throw ImageError(
        .mismatched,
        """
        a picture of \(image.height)×\(image.width) (height×width) becomes \(picture.height)×\(picture.width), \
        the network takes \(size); crop it ("crop": "center") or squash it ("resize": "squash")
        """)
    }
    return picture
  }

  /// The part of a picture that the network sees, in the picture's own pixels, rounded to whole ones: what a map in the
  /// network's size is to be laid over. It reaches beyond the borders where the crop is padded.
  ///
  /// - Precondition: the preprocessing is resolved.
  /// - Throws: `ImageError` where the picture gets too large on the way.
  public func visibleArea(
    of image: Image, limits: ImageLimits = .standard
  ) throws(ImageError) -> Rectangle {
    let resized = try resizedSize(of: image, limits) ?? Size(height: image.height, width: image.width)
    guard cropsCenter, let size else { return Rectangle(x: 0, y: 0, width: image.width, height: image.height) }
    func span(_ side: Int, _ resized: Int, _ size: Int) -> (start: Int, length: Int) {
      let scale = Double(side) / Double(resized)
      let start = Int((Double(Image.cropStart(resized, size)) * scale).rounded())
      return (start, max(Int((Double(size) * scale).rounded()), 1))
    }
    let (columns, rows) = (
      span(image.width, resized.width, size.width), span(image.height, resized.height, size.height)
    )
    return Rectangle(x: columns.start, y: rows.start, width: columns.length, height: rows.length)
  }

  /// The size to resize to before cropping, nil where the size stays.
  func resizedSize(of image: Image, _ limits: ImageLimits) throws(ImageError) -> Size? {
    switch resizing {
    case .none: return nil
    case .squash: return size
    case .exact(let target): return target
    case .shortSideRatio: preconditionFailure("the preprocessing is not resolved")
    case .shortSide(let short):
      let long = Int(
        Double(short * max(image.width, image.height)) / Double(min(image.width, image.height)))
      let isUpright = image.width <= image.height
      let target = Size(height: isUpright ? long : short, width: isUpright ? short : long)
      do throws(ImageError) {
        try limits.check(width: target.width, height: target.height)
      } catch {
        throw ImageError(
          error.kind,
          "a picture of \(image.width)×\(image.height) pixels with its short side resized to \(short) becomes "
            + error.description)
      }
      return target
    }
  }
}

extension Image {
  /// The middle of the picture, black where it is too small.
  func centerCropped(to size: Preprocessing.Size) -> Image {
    cropped(
      x: Self.cropStart(width, size.width), y: Self.cropStart(height, size.height), width: size.width,
      height: size.height)
  }

  /// Where a crop of `size` begins on a side of `side` pixels. torchvision pads by floor((size − side)/2) in front.
  static func cropStart(_ side: Int, _ size: Int) -> Int {
    size > side ? -((size - side) / 2) : Int((Double(side - size) / 2).rounded(.toNearestOrEven))
  }
}
