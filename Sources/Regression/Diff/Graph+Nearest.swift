import GraphIR

extension Graph {
  /// The nearest of some values that a value is made of, each by the shortest way back, in no special order.
  ///
  /// - Complexity: linear in the nodes on the way.
  func nearest(before value: ValueID, where isAmong: (ValueID) -> Bool) -> [ValueID] {
    var found: [ValueID] = []
    var seen: Set<ValueID> = [value]
    var open = [value]
    while let next = open.popLast() {
      guard let producer = producers[next.index] else { continue }
      for case let input? in nodes[producer].inputs where seen.insert(input).inserted {
        if isAmong(input) { found.append(input) } else { open.append(input) }
      }
    }
    return found
  }
}
