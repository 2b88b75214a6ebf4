/// A plane of values to be shown as colours, row by row from the top left.
public struct HeatMap: Sendable, Hashable {
  public let width: Int
  public let height: Int
  public let values: [Float]

  /// - Precondition: `width` and `height` are positive and `values` holds `width` · `height` of them.
  public init(width: Int, height: Int, values: [Float]) {
    precondition(width > 0 && height > 0 && values.count == width * height)
    self.width = width
    self.height = height
    self.values = values
  }

  /// The map at another size, linear between half-pixel centres.
  ///
  /// - Precondition: `width` and `height` are positive.
  public func resized(width: Int, height: Int) -> HeatMap {
    let plan = ResamplingPlan(
      sourceWidth: self.width, sourceHeight: self.height, width: width, height: height, .matlabBilinear)
    return HeatMap(width: width, height: height, values: plan.apply(to: values))
  }

  /// The finite values moved and scaled to 0 to 1, for values of any range; all 0 where they are all equal. What is
  /// not finite becomes 0.
  public func normalized() -> HeatMap {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max(), low < high else {
      return HeatMap(width: width, height: height, values: [Float](repeating: 0, count: values.count))
    }
    // Halved, so that the range of extreme values does not overflow.
    let range = high / 2 - low / 2
    return HeatMap(
      width: width, height: height,
      values: values.map { $0.isFinite ? ($0 / 2 - low / 2) / range : 0 })
  }

  /// The map in colours, at its own size. Values are taken as 0 to 1.
  public func colored(_ colors: ColorMap) -> Image {
    Image(width: width, height: height) { target in
      for index in 0..<values.count {
        let color = colors.color(at: values[index])
        target[3 * index] = color.red
        target[3 * index + 1] = color.green
        target[3 * index + 2] = color.blue
      }
    }
  }
}

extension Image {
  /// The photograph with a map laid over it: (1 − alpha) · photograph + alpha · the map's colours, rounded half up.
  ///
  /// - Parameters:
  ///   - map: values of 0 to 1 for the whole picture; resized to its size.
  ///   - alpha: how much of the map's colours shows, 0 to 1; what lies outside takes the nearer end.
  public func overlaid(with map: HeatMap, _ colors: ColorMap, alpha: Float = 0.5) -> Image {
    let coating = map.resized(width: width, height: height).colored(colors)
    let share = alpha > 0 ? min(alpha, 1) : 0
    return Image(width: width, height: height) { target in
      for index in 0..<pixels.count {
        let (below, above) = (Float(pixels[index]), Float(coating.pixels[index]))
        target[index] = UInt8(below + (above - below) * share + 0.5)
      }
    }
  }
}
