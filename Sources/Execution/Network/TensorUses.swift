import GraphIR

/// When the tensors that a program's steps hand on are read for the last time, how many images of them fit a cache, and
/// whether constants outweigh them.
struct TensorUses: Sendable {
  /// For each step of all segments the tensors that no later step reads and nobody wants.
  let lastUses: [[ValueID]]

  /// The most images to run at a time, so that what any step reads and writes stays in a third-level cache.
  let imagesPerBatch: Int

  /// Whether plain nodes read so many constants, as fully connected layers do, that all threads had better share a pass
  /// over them.
  let readsManyConstants: Bool

  /// Complexity: linear in the steps and what they read.
  init(of steps: [ProgramStep], in network: CompiledNetwork, wanted: [ValueID]) {
    var lastUses = [[ValueID]](repeating: [], count: steps.count)
    var isUsedLater = Set(wanted)
    var largestCount = 1
    var constantCount = 0
    for (index, step) in steps.enumerated().reversed() {
      let all = step.tensors(in: network)
      constantCount += all.reduce(0) { $0 + (network.session.constants[$1]?.count ?? 0) }
      let tensors = all.filter { network.session.constants[$0] == nil }
      lastUses[index] = tensors.filter { isUsedLater.insert($0).inserted }
      let floats = tensors.compactMap { network.known[$0] }.filter { $0.elementType == .float32 }
      largestCount = max(largestCount, floats.reduce(0) { $0 + $1.shape.count })
    }
    self.lastUses = lastUses
    imagesPerBatch = max(1, TensorUses.cachedFloats / largestCount)
    readsManyConstants = constantCount >= TensorUses.manyConstants
  }

  /// 32 MiB.
  private static let cachedFloats = 1 << 23

  /// 64 MiB: more than stays in a cache from one batch to the next.
  private static let manyConstants = 1 << 24
}

extension ProgramStep {
  /// The tensors that it reads or writes.
  fileprivate func tensors(in network: CompiledNetwork) -> [ValueID] {
    switch self {
    case .node(let index):
      (network.session.graph.nodes[index].inputs + network.session.graph.nodes[index].outputs).compactMap { $0 }
    case .pointwise(let index): network.pointwiseGroups[index].inputs + [network.pointwiseGroups[index].output]
    case .load(let value, _), .store(_, let value): [value]
    case .fill, .maps: []
    }
  }
}
