internal import CImageCodecs

/// The formats that pictures are read from.
public enum ImageFormat: String, Sendable, Hashable {
  case png = "PNG"
  case jpeg = "JPEG"

  /// The format that the first bytes of a file announce.
  init?(signature file: [UInt8]) {
    if file.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
      self = .png
    } else if file.starts(with: [0xff, 0xd8, 0xff]) {
      self = .jpeg
    } else {
      return nil
    }
  }
}

/// A picture read from a file, and what there is to say about it.
public struct DecodedImage: Sendable {
  public var image: Image
  public var format: ImageFormat

  /// The orientation that the file states. `image` is upright already unless that was to be ignored.
  public var orientation: Orientation

  /// What a reader of the result should know: damage that the decoder passed over, values that were clipped.
  public var warnings: [String]
}

extension Image {
  /// The picture in the PNG or JPEG file at `path`.
  ///
  /// The pixels are those of Pillow's `Image.open(path).convert("RGB")`, alpha dropped, and then, unless
  /// `ignoringOrientation`, turned as the file's EXIF data say.
  ///
  /// - Throws: `ImageError` where the file cannot be read, is neither PNG nor JPEG, is damaged or cut off, or is larger
  ///   than `limits` allow.
  public static func decode(
    contentsOf path: String, limits: ImageLimits = .standard, ignoringOrientation: Bool = false
  ) throws(ImageError) -> DecodedImage {
    let file = try contents(of: path, limit: limits.fileBytes)
    do throws(ImageError) {
      return try decode(file, limits: limits, ignoringOrientation: ignoringOrientation)
    } catch {
      throw error.at(path)
    }
  }

  /// The picture in a PNG or JPEG file that is in memory; see ``decode(contentsOf:limits:ignoringOrientation:)``.
  public static func decode(
    _ file: [UInt8], limits: ImageLimits = .standard, ignoringOrientation: Bool = false
  ) throws(ImageError) -> DecodedImage {
    guard let format = ImageFormat(signature: file) else { throw ImageError(.malformed, "not a PNG or JPEG image") }
    guard file.count <= limits.fileBytes else {
      throw ImageError(.resourceLimit, "a file of \(file.count) bytes; at most \(limits.fileBytes) are allowed")
    }
    var header = codec_header()
    try call(format) { message in
      switch format {
      case .png: codec_png_header(file, file.count, &header, &message)
      case .jpeg: codec_jpeg_header(file, file.count, &header, &message)
      }
    }
    try limits.check(width: Int(header.width), height: Int(header.height))

    var warnings: [String] = []
    let stored = try read(file, format, header, limits, &warnings)
    if header.layout == CODEC_GRAY && header.bits == 16 {
      warnings.append("16-bit grey levels above 255 are shown as white, as Pillow's convert(\"RGB\") does")
    }
    let orientation =
      switch format {
      case .png: ExifOrientation.inPNG(file) ?? .upright
      case .jpeg: ExifOrientation.inJPEG(file) ?? .upright
      }
    return DecodedImage(
      image: ignoringOrientation ? stored : stored.upright(from: orientation), format: format,
      orientation: orientation, warnings: warnings)
  }

  /// The pixels as stored.
  private static func read(
    _ file: [UInt8], _ format: ImageFormat, _ header: codec_header, _ limits: ImageLimits, _ warnings: inout [String]
  ) throws(ImageError) -> Image {
    let (width, height) = (Int(header.width), Int(header.height))
    var header = header
    let sampleBytes = header.bits == 16 ? 2 : 1
    var samples = [UInt8](repeating: 0, count: width * height * Int(header.samples_per_pixel) * sampleBytes)
    let warning = try call(format) { message in
      switch format {
      case .png: codec_png_samples(file, file.count, &header, &samples, &message)
      case .jpeg:
        codec_jpeg_samples(file, file.count, &header, Int32(clamping: limits.scans), &samples, &message)
      }
    }
    if let warning { warnings.append("\(format.rawValue) decoder: \(warning)") }
    if header.layout == CODEC_RGB && header.bits == 8 {
      return Image(width: width, height: height, pixels: samples)
    }
    return Image(width: width, height: height) { target in
      samples.withUnsafeBufferPointer { SampleConversion.convert($0, header, to: target) }
    }
  }

  /// Calls a codec.
  ///
  /// - Returns: the codec's first warning, if any.
  /// - Throws: `ImageError` with the codec's message where it did not succeed.
  @discardableResult
  static func call(
    _ format: ImageFormat, _ body: (inout codec_message) -> codec_status
  ) throws(ImageError) -> String? {
    var message = codec_message()
    let status = body(&message)
    let text = withUnsafeBytes(of: message.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    switch status {
    case CODEC_OK: return text.isEmpty ? nil : text
    case CODEC_TRUNCATED: throw ImageError(.malformed, "the \(format.rawValue) file is cut off: \(text)")
    case CODEC_UNSUPPORTED: throw ImageError(.unsupported, "a kind of \(format.rawValue) that is not read: \(text)")
    case CODEC_RESOURCE_LIMIT: throw ImageError(.resourceLimit, "decoding the \(format.rawValue) file: \(text)")
    default: throw ImageError(.malformed, "the \(format.rawValue) file is damaged: \(text)")
    }
  }
}
