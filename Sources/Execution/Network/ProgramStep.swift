import GraphIR

/// What a program does at one point.
enum ProgramStep: Sendable {
  /// The caller's images become a feature map.
  case fill(MapID)
  /// A layer's kernels.
  case maps(any MapStep, layer: Int)
  /// A tensor becomes a feature map.
  case load(ValueID, MapID)
  /// A feature map becomes a tensor.
  case store(MapID, ValueID)
  /// A node runs in its plain form.
  case node(Int)
  /// The network's group of that number runs in one pass.
  case pointwise(Int)

  /// The feature maps that it reads.
  var readMaps: [MapID] {
    switch self {
    case .maps(let step, _): step.inputs
    case .store(let map, _): [map]
    case .fill, .load, .node, .pointwise: []
    }
  }

  /// All feature maps that it touches.
  var maps: [MapID] { readMaps + (writtenMap.map { [$0] } ?? []) }

  /// The feature map that it writes.
  var writtenMap: MapID? {
    switch self {
    case .fill(let map), .load(_, let map): map
    case .maps(let step, _): step.output
    case .store, .node, .pointwise: nil
    }
  }
}

/// Steps that run for a few images at a time, so that what they hand on stays in the cache, or for all at once.
struct Segment: Sendable {
  /// nil is the whole batch.
  let imagesPerPass: Int?
  /// Whether maps are handed on row by row.
  let isStreamed: Bool

  var steps: [ProgramStep]

  /// For each step the tensors that are not needed after it.
  var lastUses: [[ValueID]] = []

  /// The steps in runs: the steps of a stream hand on rows as they are made, the others whole maps.
  var runs: [Run] = []

  /// Whether it begins with the layer that is made from masks.
  var isMasked: Bool {
    guard case .maps(let step, _)? = steps.first else { return false }
    return step is MaskedStep
  }

  enum Run: Sendable {
    case step(Int)
    case stream(RowStream, steps: Range<Int>)
  }
}
