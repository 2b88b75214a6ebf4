import Imaging
import Tensors

/// The pixels [height, width, channels] of a picture from the bytes of its file: JPEG, PNG, BMP, PGM or PPM.
///
/// Colours are those of Pillow's `convert("RGB")`, grey levels those of `convert("L")`. The orientation that a file states
/// is left alone. A file that is damaged or no picture gives none: [0, 0, channels].
///
/// - Source: ONNX operator ImageDecoder 20. TIFF, WebP and JPEG 2000 are refused.
struct ImageDecoder: Operator {
  private enum PixelFormat: String {
    case rgb = "RGB"
    case bgr = "BGR"
    case grayscale = "Grayscale"
  }

  private let format: PixelFormat

  init(_ node: NodeDescription) throws(OperatorError) {
    let name = try node.string("pixel_format") ?? PixelFormat.rgb.rawValue
    guard let format = PixelFormat(rawValue: name) else {
      throw .malformed("pixel_format is '\(name)', not RGB, BGR or Grayscale")
    }
    self.format = format
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let stream = try inputs.required(0, "encoded_stream")
    try stream.requireType(.uint8, named: "encoded_stream")
    guard stream.shape.rank == 1 else {
      throw OperatorError.mismatched("encoded_stream has shape \(stream.shape); a list of bytes is expected")
    }
    let channels = format == .grayscale ? 1 : 3
    guard let image = try Self.decoded(stream.elements(of: UInt8.self)) else {
      return [Tensor(try Shape([0, 0, channels]), [UInt8]())]
    }
    let shape = try Shape([image.height, image.width, channels])
    return [
      try Tensor(shape, of: UInt8.self, allocator: context.allocator) { target in
        for pixel in 0..<image.width * image.height {
          let color = (image.pixels[3 * pixel], image.pixels[3 * pixel + 1], image.pixels[3 * pixel + 2])
          switch format {
          case .rgb: (target[3 * pixel], target[3 * pixel + 1], target[3 * pixel + 2]) = color
          case .bgr: (target[3 * pixel + 2], target[3 * pixel + 1], target[3 * pixel]) = color
          case .grayscale: target[pixel] = Self.level(color)
          }
        }
      }
    ]
  }

  /// The grey level of a colour: 0.299·R + 0.587·G + 0.114·B (ITU-R BT.601) in 16 bits behind the point, rounded.
  private static func level(_ color: (UInt8, UInt8, UInt8)) -> UInt8 {
    let (red, green, blue) = (UInt32(color.0), UInt32(color.1), UInt32(color.2))
    let sum: UInt32 = red * 19595 + green * 38470 + blue * 7471 + 0x8000
    return UInt8(sum >> 16)
  }

  /// The picture in a file; nil where there is none.
  ///
  /// - Throws: `unsupported` for formats that are left out, `resourceLimit` for pictures that are too large.
  private static func decoded(_ file: [UInt8]) throws(OperatorError) -> Image? {
    if let name = unreadFormat(of: file) { throw .unsupported("pictures in the format \(name)") }
    if let image = try UncompressedImage.read(file) { return image }
    do throws(ImageError) {
      return try Image.decode(file, ignoringOrientation: true).image
    } catch {
      if error.kind == .malformed { return nil }
      throw .init(error.kind, error.description)
    }
  }

  /// The name of a format that the operator knows and that is not read, by a file's first bytes.
  private static func unreadFormat(of file: [UInt8]) -> String? {
    let starts: [(String, [UInt8])] = [
      ("TIFF", [0x49, 0x49, 0x2a, 0]), ("TIFF", [0x4d, 0x4d, 0, 0x2a]), ("TIFF", [0x49, 0x49, 0x2b, 0]),
      ("TIFF", [0x4d, 0x4d, 0, 0x2b]), ("JPEG 2000", [0xff, 0x4f, 0xff, 0x51]),
      ("JPEG 2000", [0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20]),
    ]
    if let known = starts.first(where: { file.starts(with: $0.1) }) { return known.0 }
    let isWebP = file.starts(with: Array("RIFF".utf8)) && file.dropFirst(8).starts(with: Array("WEBP".utf8))
    return isWebP ? "WebP" : nil
  }
}
