internal import CImageCodecs
private import Tensors

extension Image {
  /// The picture as the bytes of a PNG file, 8-bit RGB. The same picture gives the same bytes on one machine.
  ///
  /// - Throws: `ImageError` where there is not enough memory.
  public func pngData() throws(ImageError) -> [UInt8] {
    var file = codec_buffer()
    defer { codec_buffer_free(&file) }
    try Image.call(.png) { message in
      codec_png_encode(pixels, UInt32(width), UInt32(height), 3, &file, &message)
    }
    return Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
  }

  /// Writes the picture as a PNG file, whole or not at all.
  ///
  /// - Throws: `ImageError` where it cannot be written.
  public func writePNG(to path: String) throws(ImageError) {
    let file = try pngData()
    do throws(FileError) {
      try AtomicFile.write(file, to: path)
    } catch {
      throw ImageError(error)
    }
  }
}
