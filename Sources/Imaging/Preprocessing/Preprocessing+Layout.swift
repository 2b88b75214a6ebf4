extension Preprocessing.Layout {
  /// The channels, rows and columns of what is laid out like this, from one number for each of four axes.
  package func extents<Extent>(of axes: [Extent]) -> (channels: Extent, rows: Extent, columns: Extent) {
    self == .nchw ? (axes[1], axes[2], axes[3]) : (axes[3], axes[1], axes[2])
  }

  /// Where a channel's element of a pixel lies in one picture.
  ///
  /// - Parameters:
  ///   - channels: how many channels the picture has.
  ///   - pixels: how many pixels each of them has.
  package func place(channel: Int, pixel: Int, channels: Int, pixels: Int) -> Int {
    self == .nchw ? channel * pixels + pixel : pixel * channels + channel
  }
}
