import Explain

extension SaliencyMap {
  /// The sum of the positive values at some places over that of all; 0 where no value is positive.
  func positiveShare(where isInside: (_ column: Int, _ row: Int) -> Bool) -> Double {
    var (inside, all) = (0.0, 0.0)
    for (place, value) in values.enumerated() where value > 0 {
      all += Double(value)
      if isInside(place % width, place / width) { inside += Double(value) }
    }
    return all > 0 ? inside / all : 0
  }
}
