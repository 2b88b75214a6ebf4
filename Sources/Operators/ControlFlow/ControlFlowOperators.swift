extension OperatorRegistry {
  static let controlFlow: [OperatorEntry] = [
    entry("If", [1, 11, 13, 16, 19, 21, 23, 24, 25], If.self),
    entry("Loop", [1, 11, 13, 16, 19, 21, 23, 24, 25], Loop.self),
    entry("Scan", [8, 9, 11, 16, 19, 21, 23, 24, 25], Scan.self),
    entry("SequenceMap", [17], SequenceMap.self),
  ]
}
