/// Names with wildcards.
public enum Wildcard {
  /// Whether a name fits a pattern, in which `*` stands for any characters, also none, and `?` for one.
  ///
  /// - Complexity: the product of the lengths at worst.
  public static func matches(_ name: String, pattern: String) -> Bool {
    let (name, pattern) = (Array(name), Array(pattern))
    var (place, position) = (0, 0)
    // Where to go on when what follows the last star does not fit: behind the star, and one character further.
    var star: (position: Int, place: Int)?
    while place < name.count {
      if position < pattern.count, pattern[position] == "*" {
        star = (position, place)
        position += 1
      } else if position < pattern.count, pattern[position] == "?" || pattern[position] == name[place] {
        place += 1
        position += 1
      } else if let last = star {
        star = (last.position, last.place + 1)
        place = last.place + 1
        position = last.position + 1
      } else {
        return false
      }
    }
    return pattern[position...].allSatisfy { $0 == "*" }
  }
}
