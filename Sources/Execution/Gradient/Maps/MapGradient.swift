import GraphIR
import Tensors

/// How gradients go back through some steps of a plan that stand one behind the other, on feature maps.
struct MapGradient: Sendable {
  /// The plan's steps.
  let steps: Range<Int>

  /// The values whose gradients it takes, all that is known of them.
  let incoming: [ValueID]

  private let program: Program

  /// - Parameters:
  ///   - rules: of the steps.
  ///   - live: the values that have a gradient before the first step.
  ///   - keptMaps: of the forward pass.
  /// - Returns: nil where no gradient comes in.
  init?(
    _ network: CompiledNetwork, _ plan: GradientPlan, steps: Range<Int>, rules: [MapRule], live: Set<ValueID>,
    keptMaps: [ValueID: MapID]
  ) {
    self.steps = steps
    let touched = Set(plan.steps[steps].flatMap { plan.inputs(of: $0) + plan.outputs(of: $0) })
    let incoming = live.intersection(touched)
    let outgoing = plan.live(after: steps, from: live).intersection(touched)
    guard !incoming.isEmpty, !outgoing.isEmpty else { return nil }
    self.incoming = incoming.sorted { $0.index < $1.index }
    let values = outgoing.sorted { $0.index < $1.index }
    let builder = MapGradientBuilder(
      network, keptMaps: keptMaps, parts: zip(plan.steps[steps], rules).map { (step: $0, rule: $1) },
      incoming: self.incoming, outgoing: values, wanted: Set(plan.wanted))
    program = Program(network, fetching: builder.outgoing, steps: builder.steps, maps: builder.maps)
  }

  /// The gradients of the values that have one behind the last step.
  ///
  /// - Parameter kept: what the forward pass has kept.
  func run(_ gradients: [ValueID: Tensor], _ kept: KeptMaps) throws -> [ValueID: Tensor] {
    let frame = try program.frames.take(program, images: 1, hasRings: !kept.isShared)
    defer { program.frames.giveBack(frame) }
    frame.kept = kept.frame
    for (value, gradient) in gradients { frame.values[value] = .tensor(gradient) }
    return try program.run(batch: 0..<1, in: frame, isShared: kept.isShared) { _, _ in }
  }
}

extension GradientPlan {
  /// The values to which a step hands gradients.
  func inputs(of step: Step) -> [ValueID] {
    let inputs = session.graph.nodes[step.node].inputs
    return step.wanted.indices.compactMap { step.wanted[$0] ? inputs[$0] : nil }
  }

  /// The values whose gradients a step takes.
  func outputs(of step: Step) -> [ValueID] { session.graph.nodes[step.node].outputs.compactMap { $0 } }

  /// The values that have a gradient behind some steps, out of those that have one before them.
  func live(after range: Range<Int>, from values: Set<ValueID>) -> Set<ValueID> {
    let wanted = Set(wanted)
    return steps[range].reduce(into: values) { live, step in
      let outputs = outputs(of: step)
      guard outputs.contains(where: live.contains) else { return }
      live.subtract(outputs.filter { !wanted.contains($0) })
      live.formUnion(inputs(of: step))
    }
  }
}

/// The feature maps that a run of one image has made, as long as somebody reads them.
final class KeptMaps: Sendable {
  let frame: Frame

  /// Whether all threads work on each step.
  let isShared: Bool

  private let pool: FramePool

  /// - Parameter frame: from the pool.
  init(_ frame: Frame, from pool: FramePool, isShared: Bool) {
    self.frame = frame
    self.pool = pool
    self.isShared = isShared
  }

  deinit { pool.giveBack(frame) }
}

/// What a tape has of a compiled pass.
struct CompiledTape: Sendable {
  let program: GradientProgram
  let maps: KeptMaps

  /// The bytes of the maps' values.
  var keptBytes: Int { program.keptBytes }
}
