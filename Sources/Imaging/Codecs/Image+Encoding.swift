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

  /// The picture as the bytes of a JPEG file, colours at full resolution.
  ///
  /// - Parameter quality: libjpeg's, 1 to 100.
  /// - Throws: `ImageError` where there is not enough memory, or a side is longer than 65500 pixels.
  public func jpegData(quality: Int = 90) throws(ImageError) -> [UInt8] {
    var file = codec_buffer()
    defer { codec_buffer_free(&file) }
    try Image.call(.jpeg) { message in
      codec_jpeg_encode(
        pixels, UInt32(width), UInt32(height), Int32(min(max(quality, 1), 100)), &file, &message)
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
