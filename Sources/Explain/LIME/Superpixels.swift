import Imaging

/// A picture divided into regions of similar colour.
struct Superpixels: Sendable {
  let width: Int
  let height: Int

  /// The region of each pixel, row-major, counted from 0 in the order of their first pixels.
  let labels: [Int]

  let count: Int

  /// Simple linear iterative clustering: k-means in CIELAB and place, each centre looking at its surroundings alone;
  /// regions that are not connected or are small are joined to a neighbour.
  ///
  /// Centres start on a regular grid and are not moved off edges; all arithmetic is in double precision.
  ///
  /// - Source: Achanta et al., "SLIC Superpixels Compared to State-of-the-Art Superpixel Methods", IEEE TPAMI 34(11),
  ///   2012, algorithm 1.
  /// - Parameters:
  ///   - count: how many regions to aim at.
  ///   - compactness: what a distance in place counts beside one in colour: m of equation 3.
  ///   - rounds: of k-means.
  init(of image: Image, count: Int, compactness: Double, rounds: Int = 10) {
    let (width, height) = (image.width, image.height)
    self.width = width
    self.height = height
    let colors = LabColor.colors(of: image)
    let step = (Double(width * height) / Double(max(count, 1))).squareRoot()
    let rows = max(Int((Double(height) / step).rounded()), 1)
    let columns = max(Int((Double(width) / step).rounded()), 1)
    var centres: [Centre] = []
    for row in 0..<rows {
      for column in 0..<columns {
        let y = min(Int((Double(row) + 0.5) * Double(height) / Double(rows)), height - 1)
        let x = min(Int((Double(column) + 0.5) * Double(width) / Double(columns)), width - 1)
        centres.append(Centre(color: colors[y * width + x], x: Double(x), y: Double(y)))
      }
    }
    let placeFactor = (compactness / step) * (compactness / step)
    var nearest = [Int](repeating: 0, count: width * height)
    for _ in 0..<rounds {
      var distances = [Double](repeating: .infinity, count: width * height)
      for (index, centre) in centres.enumerated() {
        let ys = max(Int((centre.y - step).rounded(.down)), 0)...min(Int((centre.y + step).rounded(.up)), height - 1)
        let xs = max(Int((centre.x - step).rounded(.down)), 0)...min(Int((centre.x + step).rounded(.up)), width - 1)
        for y in ys {
          for x in xs {
            let pixel = y * width + x
            let (dx, dy) = (Double(x) - centre.x, Double(y) - centre.y)
            let distance = colors[pixel].squaredDistance(to: centre.color) + placeFactor * (dx * dx + dy * dy)
            if distance < distances[pixel] {
              distances[pixel] = distance
              nearest[pixel] = index
            }
          }
        }
      }
      centres = Superpixels.means(of: nearest, colors: colors, width: width, centres: centres)
    }
    let smallest = width * height / centres.count / 4
    (labels, self.count) = Superpixels.connected(nearest, width: width, height: height, smallest: smallest)
  }

  private struct Centre {
    var color: LabColor
    var x: Double
    var y: Double
  }

  /// The mean colour and place of each centre's pixels; centres without pixels stay.
  private static func means(of nearest: [Int], colors: [LabColor], width: Int, centres: [Centre]) -> [Centre] {
    var sums = centres.map { _ in Centre(color: LabColor(lightness: 0, a: 0, b: 0), x: 0, y: 0) }
    var counts = [Double](repeating: 0, count: centres.count)
    for (pixel, index) in nearest.enumerated() {
      sums[index].color.lightness += colors[pixel].lightness
      sums[index].color.a += colors[pixel].a
      sums[index].color.b += colors[pixel].b
      sums[index].x += Double(pixel % width)
      sums[index].y += Double(pixel / width)
      counts[index] += 1
    }
    return centres.indices.map { index in
      let (sum, count) = (sums[index], counts[index])
      guard count > 0 else { return centres[index] }
      return Centre(
        color: LabColor(lightness: sum.color.lightness / count, a: sum.color.a / count, b: sum.color.b / count),
        x: sum.x / count, y: sum.y / count)
    }
  }

  /// Gives each connected part a label of its own; parts of fewer pixels than `smallest` take that of the part left of
  /// or above their first pixel.
  private static func connected(
    _ nearest: [Int], width: Int, height: Int, smallest: Int
  ) -> (labels: [Int], count: Int) {
    var labels = [Int](repeating: -1, count: nearest.count)
    var count = 0
    for start in nearest.indices where labels[start] < 0 {
      let before = start % width > 0 ? labels[start - 1] : start >= width ? labels[start - width] : -1
      labels[start] = count
      var part = [start]
      var done = 0
      while done < part.count {
        let pixel = part[done]
        done += 1
        let (x, y) = (pixel % width, pixel / width)
        for (isInside, neighbour) in [
          (x > 0, pixel - 1), (x + 1 < width, pixel + 1), (y > 0, pixel - width), (y + 1 < height, pixel + width),
        ] where isInside && labels[neighbour] < 0 && nearest[neighbour] == nearest[start] {
          labels[neighbour] = count
          part.append(neighbour)
        }
      }
      if part.count < smallest, before >= 0 {
        for pixel in part { labels[pixel] = before }
      } else {
        count += 1
      }
    }
    return (labels, count)
  }
}

/// A colour in CIELAB with the white of D65.
struct LabColor: Sendable {
  var lightness: Double
  var a: Double
  var b: Double

  func squaredDistance(to other: LabColor) -> Double {
    let (dl, da, db) = (lightness - other.lightness, a - other.a, b - other.b)
    return dl * dl + da * da + db * db
  }

  /// The colours of all pixels.
  ///
  /// - Source: IEC 61966-2-1 (sRGB) and CIE 15, with the matrix rounded as the former gives it.
  static func colors(of image: Image) -> [LabColor] {
    let linear = (0..<256).map { byte -> Double in
      let value = Double(byte) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    func curve(_ value: Double) -> Double {
      value > 216.0 / 24389 ? pow(value, 1.0 / 3) : (24389.0 / 27 * value + 16) / 116
    }
    return image.pixels.withUnsafeBufferPointer { pixels in
      stride(from: 0, to: pixels.count, by: 3).map { start in
        let (red, green, blue) =
          (linear[Int(pixels[start])], linear[Int(pixels[start + 1])], linear[Int(pixels[start + 2])])
        let x = curve((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505)
        let y = curve(0.2126 * red + 0.7152 * green + 0.0722 * blue)
        let z = curve((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.0890)
        return LabColor(lightness: 116 * y - 16, a: 500 * (x - y), b: 200 * (y - z))
      }
    }
  }
}
