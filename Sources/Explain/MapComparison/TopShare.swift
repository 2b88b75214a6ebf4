/// The places of a map with the largest values.
public enum TopShare {
  /// The places of the ⌈share · n⌉ largest of n values, row-major and in order. Values equal to the least of them count
  /// as well, so that no order among equals is made up; except for the map's least value, which never counts: a map of
  /// zeros and few positive values has no more than these.
  ///
  /// - Parameter share: from 0 to 1.
  /// - Precondition: no value is NaN.
  /// - Complexity: O(n log n).
  public static func places(_ share: Double, of map: SaliencyMap) -> [Int] {
    precondition((0...1).contains(share))
    let sorted = map.values.sorted(by: >)
    let count = min(sorted.count, Int((share * Double(sorted.count)).rounded(.up)))
    guard count > 0, let least = sorted.last else { return [] }
    let threshold = sorted[count - 1]
    return map.values.indices.filter { map.values[$0] >= threshold && map.values[$0] > least }
  }

  /// |A ∩ B| / |A ∪ B| of the two maps' places; 1 where neither has any.
  ///
  /// - Precondition: the maps are of one size.
  public static func overlap(_ share: Double, _ first: SaliencyMap, _ second: SaliencyMap) -> Double {
    precondition(first.width == second.width && first.height == second.height)
    let (a, b) = (Set(places(share, of: first)), places(share, of: second))
    let common = b.count { a.contains($0) }
    let all = a.count + b.count - common
    return all == 0 ? 1 : Double(common) / Double(all)
  }
}
