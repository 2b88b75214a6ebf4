/// The positions 0 ..< count sorted by a comparison of what stands there, which is that of a strict weak order.
///
/// For any kind of elements, so that the sort is compiled but once.
@inline(never)
func sortedPositions(_ count: Int, by isBefore: (Int, Int) -> Bool) -> [Int] { (0..<count).sorted(by: isBefore) }
