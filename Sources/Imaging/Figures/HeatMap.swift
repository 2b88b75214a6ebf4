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

  /// The map laid over one area of a larger plane, which is 0 elsewhere.
  ///
  /// - Precondition: `width`, `height` and the area's sides are positive.
  public func placed(in area: Rectangle, width: Int, height: Int) -> HeatMap {
    let part = resized(width: area.width, height: area.height)
    var values = [Float](repeating: 0, count: width * height)
    for row in max(area.y, 0)..<max(min(area.y + area.height, height), max(area.y, 0)) {
      for column in max(area.x, 0)..<max(min(area.x + area.width, width), max(area.x, 0)) {
        values[row * width + column] = part.values[(row - area.y) * area.width + column - area.x]
      }
    }
    return HeatMap(width: width, height: height, values: values)
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
  ///   - map: values of 0 to 1; resized to the area.
  ///   - alpha: how much of the map's colours shows, 0 to 1; what lies outside takes the nearer end.
  ///   - area: the part of the photograph that the map is about, nil for all of it; the rest is paled.
  public func overlaid(
    with map: HeatMap, _ colors: ColorMap, alpha: Float = 0.5, in area: Rectangle? = nil
  ) -> Image {
    let area = area ?? Rectangle(x: 0, y: 0, width: width, height: height)
    let coating = map.placed(in: area, width: width, height: height).colored(colors)
    let share = alpha > 0 ? min(alpha, 1) : 0
    return Image(width: width, height: height) { target in
      for pixel in 0..<width * height {
        let isInside = area.contains(x: pixel % width, y: pixel / width)
        for index in 3 * pixel..<3 * pixel + 3 {
          let below = Float(pixels[index])
          let mixed = isInside ? below + (Float(coating.pixels[index]) - below) * share : below + (255 - below) * 0.6
          target[index] = UInt8(mixed + 0.5)
        }
      }
    }
  }
}
