extension ResamplingPlan {
  /// For each row the first source row with a share in it, and the weights of that and its neighbours.
  public var rowWeights: [(first: Int, weights: [Float])] { rows.dense() }

  /// The same for columns.
  public var columnWeights: [(first: Int, weights: [Float])] { columns.dense() }
}

extension ResamplingTaps {
  /// Neighbouring taps with a weight of each source element between the first and the last that has one.
  fileprivate func dense() -> [(first: Int, weights: [Float])] {
    (0..<positions.count / count).map { element in
      let taps = (element * count..<(element + 1) * count).filter { weights[$0] != 0 }
      guard let first = taps.map({ Int(positions[$0]) }).min(), let last = taps.map({ Int(positions[$0]) }).max() else {
        return (Int(positions[element * count]), [0])
      }
      var dense = [Float](repeating: 0, count: last - first + 1)
      for tap in taps { dense[Int(positions[tap]) - first] += weights[tap] }
      return (first, dense)
    }
  }
}
