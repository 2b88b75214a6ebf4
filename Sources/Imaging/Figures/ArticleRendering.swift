/// The way in which the article that describes Score-CAM in MATLAB (Itakura, 2021) draws a map over a photograph.
public enum ArticleRendering {
  /// The colours of the map: 255 entries of jet, darkened linearly from black at 0 to full at 1.
  public static let colors = ColorMap(name: "jet on black", colors: ramp.map { Color($0) })

  private static let ramp: [SIMD3<Double>] = {
    let jet = ColorMap.jetValues(entries: 255)
    return jet.indices.map { jet[$0] * (Double($0) / Double(jet.count - 1)) }
  }()

  /// Half of the photograph's grey plus the map's colours, moved and scaled so that the picture's lowest value becomes
  /// 0 and its highest 255.
  ///
  /// - Parameter map: values of 0 to 1 for the whole picture; resized to its size.
  public static func picture(of photograph: Image, with map: HeatMap) -> Image {
    let (width, height) = (photograph.width, photograph.height)
    let map = map.resized(width: width, height: height)
    var sums = [Double](repeating: 0, count: 3 * width * height)
    for pixel in 0..<width * height {
      let (red, green, blue) = (
        photograph.pixels[3 * pixel], photograph.pixels[3 * pixel + 1], photograph.pixels[3 * pixel + 2]
      )
      // Luma of ITU-R BT.601, rounded to a whole level as `rgb2gray` does.
      let gray =
        (0.298936021293775 * Double(red) + 0.587043074451121 * Double(green)
        + 0.114020904255103 * Double(blue)).rounded()
      // An index of 8 bits into 255 colours: the two highest share the last one.
      let value = map.values[pixel]
      let index = value > 0 ? Int((min(value, 1) * 255).rounded()) : 0
      let color = ramp[min(index, ramp.count - 1)]
      for channel in 0..<3 { sums[3 * pixel + channel] = gray / 2 + 255 * color[channel] }
    }
    let (low, high) = (sums.min()!, sums.max()!)
    return Image(width: width, height: height) { target in
      guard low < high else { return }
      for index in sums.indices { target[index] = UInt8(((sums[index] - low) / (high - low) * 255).rounded()) }
    }
  }
}
