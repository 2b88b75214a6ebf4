extension Image {
  /// The whole picture at another size, with Pillow's own numbers: `Image.resize((width, height), filter)`.
  ///
  /// First along the rows, then along the columns, each time rounded to 8 bits. As in Pillow 13 the columns come first
  /// where the height shrinks by more than twice as many pixels as the width; older versions never swap the two, and
  /// differ by rounding there.
  ///
  /// - Precondition: `width` and `height` are positive.
  /// - Complexity: O(pixels · filter width), where the filter width grows with the ratio of reduction.
  public func resized(width: Int, height: Int, _ filter: ResampleFilter) -> Image {
    precondition(width > 0 && height > 0)
    if (width, height) == (self.width, self.height) { return self }
    if filter == .nearest { return nearest(width: width, height: height) }
    if self.height - height > 2 * max(self.width - width, 0) {
      return resizedColumns(to: height, filter).resizedRows(to: width, filter)
    }
    return resizedRows(to: width, filter).resizedColumns(to: height, filter)
  }

  private func resizedRows(to width: Int, _ filter: ResampleFilter) -> Image {
    if width == self.width { return self }
    let windows = ResampleWindows(from: self.width, to: width, filter)
    let sourceRow = 3 * self.width
    return Image(width: width, height: height) { target in
      pixels.withUnsafeBufferPointer { source in
        windows.weights.withUnsafeBufferPointer { weights in
          for y in 0..<height {
            for x in 0..<width {
              let (first, count, window) = (windows.first[x], windows.count[x], x &* windows.stride)
              var (red, green, blue) = (Self.half, Self.half, Self.half)
              var position = y &* sourceRow &+ 3 &* first
              for tap in window..<window &+ count {
                let weight = weights[tap]
                red &+= Int32(source[position]) &* weight
                green &+= Int32(source[position &+ 1]) &* weight
                blue &+= Int32(source[position &+ 2]) &* weight
                position &+= 3
              }
              let to = 3 &* (y &* width &+ x)
              target[to] = Self.clamped(red)
              target[to &+ 1] = Self.clamped(green)
              target[to &+ 2] = Self.clamped(blue)
            }
          }
        }
      }
    }
  }

  private func resizedColumns(to height: Int, _ filter: ResampleFilter) -> Image {
    if height == self.height { return self }
    let windows = ResampleWindows(from: self.height, to: height, filter)
    let row = 3 * width
    var sums = [Int32](repeating: 0, count: row)
    return Image(width: width, height: height) { target in
      pixels.withUnsafeBufferPointer { source in
        sums.withUnsafeMutableBufferPointer { sums in
          for y in 0..<height {
            sums.update(repeating: Self.half)
            for tap in 0..<windows.count[y] {
              let weight = windows.weights[y * windows.stride + tap]
              let line = UnsafeBufferPointer(
                rebasing: source[(windows.first[y] + tap) * row..<(windows.first[y] + tap + 1) * row])
              for index in 0..<row { sums[index] &+= Int32(line[index]) &* weight }
            }
            for index in 0..<row { target[y * row + index] = Self.clamped(sums[index]) }
          }
        }
      }
    }
  }

  /// One half, where a sum starts so that it is rounded when its fraction is cut off.
  private static let half: Int32 = 1 << (ResampleWindows.fractionBits - 1)

  /// A sum of weighted pixels as a pixel.
  @inline(__always)
  private static func clamped(_ sum: Int32) -> UInt8 {
    let value = sum >> ResampleWindows.fractionBits
    return UInt8(truncatingIfNeeded: value < 0 ? 0 : value > 255 ? 255 : value)
  }

  private func nearest(width: Int, height: Int) -> Image {
    let columns = Self.nearestPositions(from: self.width, to: width)
    let rows = Self.nearestPositions(from: self.height, to: height)
    return Image(width: width, height: height) { target in
      var to = 0
      for row in rows {
        for column in columns {
          let from = 3 * (row * self.width + column)
          for channel in 0..<3 { target[to + channel] = pixels[from + channel] }
          to += 3
        }
      }
    }
  }

  /// The source pixel under each target pixel's centre. The positions are summed up, not multiplied, as Pillow does.
  private static func nearestPositions(from source: Int, to target: Int) -> [Int] {
    let scale = Double(source) / Double(target)
    var position = scale * 0.5
    return (0..<target).map { _ in
      defer { position += scale }
      return min(Int(position), source - 1)
    }
  }
}
