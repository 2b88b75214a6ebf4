import Execution
import GraphIR
import Tensors

/// Runs parts of the second model on values of the first, each part from the compared values before it to one that
/// differs: where the result still differs, the difference is made in that part, and else it came with what it read.
struct DifferenceIsolation {
  private let session: Session
  private let pairs: [ValueMatching.Pair]
  private let inputs: [(a: ValueID, b: ValueID)]
  /// For each pair the values of the second model that its part begins with.
  private let cuts: [[ValueID]]
  /// The pair that stands for a value of the second model.
  private let places: [ValueID: Int]
  /// For each pair how many parts begin with it.
  private let demand: [Int]
  private var remaining: [Int] = []
  /// The first model's tensors as the second model takes them, by the second model's values.
  private var kept: [ValueID: Tensor] = [:]
  /// What the part that ran last begins with.
  private var pendingRelease: [ValueID] = []

  init(_ session: Session, _ matching: ValueMatching, inputs: [(a: ValueID, b: ValueID)]) {
    let pairs = matching.pairs
    var places: [ValueID: Int] = [:]
    for (index, pair) in pairs.enumerated() where places[pair.b] == nil { places[pair.b] = index }
    let given = Set(inputs.map(\.b))
    // What comes later in the first model cannot be begun with.
    let cuts = pairs.enumerated().map { index, pair in
      session.graph.nearest(before: pair.b) { value in
        given.contains(value) || places[value].map { $0 < index } ?? false
      }
    }
    var demand = [Int](repeating: 0, count: pairs.count)
    for value in cuts.joined() where !given.contains(value) { demand[places[value]!] += 1 }
    self.session = session
    self.pairs = pairs
    self.inputs = inputs
    self.cuts = cuts
    self.places = places
    self.demand = demand
  }

  /// Takes the first model's inputs.
  mutating func begin(_ tensors: [ValueID: Tensor]) {
    remaining = demand
    kept = [:]
    pendingRelease = []
    for (a, b) in inputs {
      let type = session.graph.values[b.index].declared?.elementType
      kept[b] = tensors[a].flatMap { $0.converted(to: type ?? $0.elementType) }
    }
  }

  /// Takes the first model's tensor of a pair, in the type and shape of the second model's, as long as parts begin with
  /// it.
  mutating func keep(_ tensor: Tensor, like other: Tensor, for index: Int) {
    let value = pairs[index].b
    if places[value] == index, remaining[index] > 0 {
      kept[value] = tensor.converted(to: other.elementType)?.viewed(as: other.shape)
    }
    // The pair's own part is yet to run.
    release()
    pendingRelease = cuts[index]
  }

  private mutating func release() {
    for value in pendingRelease {
      guard let place = places[value], demand[place] > 0 else { continue }
      remaining[place] -= 1
      if remaining[place] == 0 { kept[value] = nil }
    }
  }

  /// What the second model makes for a pair of the first model's values; nil where these do not fit it.
  func run(_ index: Int) throws(ExecutionError) -> Tensor? {
    var given: [ValueID: Tensor] = [:]
    for value in cuts[index] {
      guard let tensor = kept[value] else { return nil }
      given[value] = tensor
    }
    let wanted = pairs[index].b
    guard given[wanted] == nil, session.constant(wanted) == nil, session.graph.producers[wanted.index] != nil else {
      return nil
    }
    return try session.run(from: given, to: wanted)
  }
}
