extension ColorMap {
  /// MATLAB's `jet` with 256 entries.
  public static let jet = jet(entries: 256)

  /// MATLAB's `jet(entries)`, rounded to 8 bits.
  ///
  /// - Precondition: `entries` is positive.
  public static func jet(entries: Int) -> ColorMap {
    ColorMap(name: "jet", colors: jetValues(entries: entries).map { Color($0) })
  }

  /// Red, green and blue of 0 to 1: each rises from 0 to 1 over a quarter of the map, stays there for another quarter
  /// and falls again; green in the middle, red and blue a quarter of the map behind and in front of it.
  static func jetValues(entries: Int) -> [SIMD3<Double>] {
    precondition(entries > 0)
    let quarter = (entries + 3) / 4
    // Green's rise begins half a quarter from the start; MATLAB moves it where one entry is left over.
    let start = (quarter + 1) / 2 - (entries % 4 == 1 ? 1 : 0)
    /// The trapezium's height at its step `index`, counted from 1.
    func height(_ index: Int) -> Double {
      let last = 3 * quarter - 1
      guard index >= 1, index <= last else { return 0 }
      return min(Double(min(index, last + 1 - index)) / Double(quarter), 1)
    }
    return (1...entries).map { entry in
      SIMD3(height(entry - start - quarter), height(entry - start), height(entry - start + quarter))
    }
  }
}

extension Color {
  /// The nearest colour to values of 0 to 1.
  init(_ values: SIMD3<Double>) {
    let levels = (values * 255).rounded(.toNearestOrAwayFromZero).clamped(
      lowerBound: .zero, upperBound: .init(repeating: 255))
    self.init(UInt8(levels.x), UInt8(levels.y), UInt8(levels.z))
  }
}
