public import GraphIR
import Operators
public import Tensors

/// A plan that is ready to run for images of one shape: the forward pass as compiled, and what of the way back can be
/// done on feature maps.
///
/// Immutable; may be shared and run from several threads at once.
public final class GradientProgram: Sendable {
  public let network: CompiledNetwork
  public let plan: GradientPlan

  /// By the plan's step with which each begins.
  let stretches: [Int: MapGradient]

  private let forward: Program

  /// - Parameters:
  ///   - plan: of the network's session.
  ///   - others: values to fetch along with each forward pass.
  public init(_ network: CompiledNetwork, _ plan: GradientPlan, fetching others: [ValueID] = []) throws {
    self.network = network
    self.plan = plan
    let rules = try plan.steps.indices.map { try network.mapRule(at: $0, of: plan) }
    let ranges = Self.stretches(of: rules)
    let onMaps = Set(ranges.joined())
    var tensors: Set<ValueID> = [plan.score]
    var maps: Set<ValueID> = []
    for (index, step) in plan.steps.enumerated() {
      if onMaps.contains(index), let rule = rules[index] {
        maps.formUnion(rule.reads(of: step))
      } else {
        tensors.formUnion(step.reads)
      }
    }
    let fetched = tensors.union(others).subtracting([network.input]).filter { network.session.constants[$0] == nil }
    forward = Program(
      network, fetching: fetched.sorted { $0.index < $1.index }, keeping: maps.sorted { $0.index < $1.index })
    var stretches: [Int: MapGradient] = [:]
    var (live, next): (Set<ValueID>, Int) = ([plan.score], 0)
    for range in ranges {
      live = plan.live(after: next..<range.lowerBound, from: live)
      stretches[range.lowerBound] = MapGradient(
        network, plan, steps: range, rules: rules[range].compactMap { $0 }, live: live, keptMaps: forward.keptMaps)
      next = range.lowerBound
    }
    self.stretches = stretches
  }

  /// The steps that stand one behind the other and have rules, where there is a convolution among them: less would not
  /// pay for bringing gradients into the layout of the maps and back.
  private static func stretches(of rules: [MapRule?]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var first = 0
    while first < rules.count {
      let end = rules[first...].firstIndex { $0 == nil } ?? rules.count
      let isWorthwhile = rules[first..<end].contains { if case .convolution? = $0 { true } else { false } }
      if isWorthwhile { ranges.append(first..<end) }
      first = end + 1
    }
    return ranges
  }

  /// Runs a forward pass of one image and keeps what the plan's rules read of it.
  ///
  /// - Parameters:
  ///   - image: float32, of the network's image shape.
  ///   - isShared: whether all threads work on it together; else the caller's alone, for images that several threads
  ///     work on at the same time. The results are the same bits.
  public func record(_ image: Tensor, isShared: Bool = true) throws -> GradientTape {
    guard image.elementType == .float32, image.shape == network.imageShape else {
      throw ExecutionError(
        .mismatched,
        "input '\(network.session.graph.name(of: network.input))' has shape \(image.shape); "
          + "\(network.imageShape) is expected")
    }
    let frame = try forward.frames.take(forward, images: 1, hasRings: !isShared)
    let kept = KeptMaps(frame, from: forward.frames, isShared: isShared)
    let results = try forward.run(batch: 0..<1, in: frame, isShared: isShared) { image.copyImage($0, to: $1) }
    var values: [ValueID: GradientCall.Value] = [:]
    for value in plan.described {
      guard let known = network.known[value] else { continue }
      values[value] = GradientCall.Value(shape: known.shape, elementType: known.elementType, tensor: nil)
    }
    for (value, tensor) in results where network.session.constants[value] == nil {
      values[value] = GradientCall.Value(tensor)
    }
    values[network.input] = GradientCall.Value(image)
    return GradientTape(
      plan, values: values, fetched: results, allocator: forward.allocator,
      compiled: CompiledTape(program: self, maps: kept))
  }

  /// The bytes of the feature maps that are kept for one image.
  var keptBytes: Int {
    forward.keptMaps.keys.reduce(0) { $0 + (network.known[$1]?.shape.count ?? 0) * MemoryLayout<Float>.size }
  }
}
