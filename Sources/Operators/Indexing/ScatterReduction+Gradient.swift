import Tensors

extension ScatterReduction {
  /// What `gradients(_:places:length:)` reads.
  var gradientReads: GradientReads {
    switch self {
    case .none, .add: GradientReads()
    case .mul: GradientReads(inputs: [0, 2], outputs: [0])
    case .max, .min: GradientReads(inputs: [0, 2], outputs: [0])
    }
  }

  /// The gradients of the data (input 0) and the updates (input 2) of a scatter.
  ///
  /// Where an update takes an element's place, the gradient is the last update's. Sums hand it to all; products hand each
  /// factor the gradient times the other factors; an extremum hands it in equal parts to all that attain it.
  ///
  /// - Parameters:
  ///   - places: where each block of updates begins in the data.
  ///   - length: the elements of a block.
  func gradients(_ call: GradientCall, places: [Int], length: Int) throws -> [Tensor?] {
    let gradient = try call.gradient()
    var data = try gradient.doubles()
    let source = data
    var updates = [Double](repeating: 0, count: places.count * length)
    func forEachUpdate(_ body: (_ update: Int, _ place: Int) -> Void) {
      for (block, place) in places.enumerated() {
        for offset in 0..<length { body(block * length + offset, place + offset) }
      }
    }
    switch self {
    case .none:
      var last = [Int](repeating: -1, count: data.count)
      forEachUpdate { last[$1] = $0 }
      for (place, update) in last.enumerated() where update >= 0 {
        updates[update] = source[place]
        data[place] = 0
      }
    case .add:
      forEachUpdate { updates[$0] = source[$1] }
    case .mul:
      let (elements, factors) = (try call.input(0).doubles(), try call.input(2).doubles())
      // The product of the factors that are not 0, and how many are.
      var products = elements.map { $0 == 0 ? 1 : $0 }
      var zeros = elements.map { $0 == 0 ? 1 : 0 }
      forEachUpdate { update, place in
        if factors[update] == 0 { zeros[place] += 1 } else { products[place] *= factors[update] }
      }
      func share(_ factor: Double, _ place: Int) -> Double {
        if factor == 0 { return zeros[place] == 1 ? source[place] * products[place] : 0 }
        return zeros[place] == 0 ? source[place] * products[place] / factor : 0
      }
      for place in data.indices { data[place] = share(elements[place], place) }
      forEachUpdate { updates[$0] = share(factors[$0], $1) }
    case .max, .min:
      let (elements, candidates) = (try call.input(0).doubles(), try call.input(2).doubles())
      let results = try call.output().doubles()
      var counts = data.indices.map { elements[$0] == results[$0] ? 1.0 : 0 }
      forEachUpdate { if candidates[$0] == results[$1] { counts[$1] += 1 } }
      for place in data.indices { data[place] = elements[place] == results[place] ? source[place] / counts[place] : 0 }
      forEachUpdate { updates[$0] = candidates[$0] == results[$1] ? source[$1] / counts[$1] : 0 }
    }
    return try call.forEachWanted { index in
      try Tensor(call.shape(index), index == 0 ? data : updates).converted(to: gradient.elementType, call.context)
    }
  }
}
