import GraphIR
import Kernels
import Operators
import Tensors

/// How a gradient goes back through a node whose input and output are feature maps.
enum MapRule: Sendable {
  /// By convolutions of the output's gradient.
  case convolution(AdjointConvolutions)
  /// As it is, to each input.
  case copy
  /// Times a factor for each channel.
  case scale([Float])
  /// Where the output lies between the bounds and, if it is guided, where it is positive itself.
  case gate(ClampBounds, isGuided: Bool)
  /// Each input's channels to that input.
  case concatenation
  /// Times the derivative of an activation of a value. Where the activation is written as two nodes, the second has this
  /// rule, and to the first no gradient comes.
  case activation(Activation, of: ValueID)
  /// The outputs' channels one behind the other.
  case split
  /// To the input's channels from this one on.
  case channels(from: Int)
  /// Its channels in another order: channel i of each of some equal groups, for all i.
  case shuffle(groups: Int)
  /// Nothing: no gradient comes.
  case nothing
  /// Times the other input.
  case product
  /// The same part to each pixel.
  case mean
  /// To each window's largest element.
  case maximum(rows: WindowAxis, columns: WindowAxis)
}

extension CompiledNetwork {
  /// The rule for a step of a plan, by its index; nil where its inputs and output are no feature maps of float32, the
  /// plan asks for the gradient of a constant, or what the rule reads is no result of a layer.
  func mapRule(at index: Int, of plan: GradientPlan) throws -> MapRule? {
    let step = plan.steps[index]
    if let rule = shuffleRule(at: index, of: plan) ?? splitRule(at: index, of: plan) { return rule }
    let node = session.graph.nodes[step.node]
    guard let form = known.forms[step.node], node.outputs.count == 1, let output = node.outputs[0],
      let shape = known[output]?.shape, layerByNode[step.node] != nil
    else { return nil }
    let inputs = node.inputs.map { $0.flatMap { known[$0] } }
    for (place, isWanted) in step.wanted.enumerated() where isWanted {
      guard let input = inputs[place], input.isFeatureMap, input.shape[0] == 1 else { return nil }
    }
    let kept = step.reads.allSatisfy(isMap)
    let onlyFirst = step.wanted.indices.allSatisfy { step.wanted[$0] == ($0 == 0) }
    switch form {
    case .convolution(let rows, let columns, let groups):
      guard onlyFirst, let weights = inputs[1]?.constant,
        let adjoint = try AdjointConvolutions(weights: weights, rows: rows, columns: columns, groups: groups)
      else { return nil }
      return adjoint.isShort ? .convolution(adjoint) : nil
    case .averagePool(let rows, let columns, let countsPadding):
      guard let share = AxisShares(rows, columns, countsPadding: countsPadding).common,
        let adjoint = try AdjointConvolutions(
          weights: .uniformWindows(of: share, channels: shape[1], rows.kernel, columns.kernel), rows: rows,
          columns: columns, groups: shape[1])
      else { return nil }
      return adjoint.isShort ? .convolution(adjoint) : nil
    case .maxPool(let rows, let columns):
      return kept && rows.isShort && columns.isShort ? .maximum(rows: rows, columns: columns) : nil
    case .globalAveragePool: return .mean
    case .clamp(let low, let high):
      let isGuided = plan.options.rectification == .guided && node.operatorName == "Relu" && node.domain.isEmpty
      return onlyFirst && kept ? .gate(ClampBounds(low: low, high: high), isGuided: isGuided) : nil
    case .channelScale(let factors, _):
      return factors.allSatisfy { $0 == 1 } ? .copy : .scale(factors.map(Float.init))
    case .sum, .identity: return .copy
    case .product:
      let layer = layers[layerByNode[step.node]!].layer
      if case .product = layer.kind {
      } else {
        guard let activation = layer.activation, let argument = layer.argument, layer.output == output,
          isMap(argument), !node.inputs.contains(where: { plan.wanted.contains($0!) && $0 != argument })
        else { return nil }
        return .activation(activation, of: argument)
      }
      return kept && inputs.allSatisfy { $0?.constant == nil } ? .product : nil
    case .channelConcatenation: return .concatenation
    case .channelRange(let channels): return onlyFirst ? .channels(from: channels.lowerBound) : nil
    case .activation(let activation):
      guard onlyFirst, let argument = node.inputs[0], isMap(argument) else { return nil }
      return .activation(activation, of: argument)
    case .localResponse: return nil
    }
  }

  /// Whether the forward pass can keep the value as a feature map.
  private func isMap(_ value: ValueID) -> Bool { layerByOutput[value] != nil || layerByArgument[value] != nil }
}

extension MapRule {
  /// The values that are read of the forward pass.
  func reads(of step: GradientPlan.Step) -> [ValueID] {
    switch self {
    case .gate, .product, .maximum: step.reads
    case .activation(_, let argument): [argument]
    case .convolution, .copy, .scale, .concatenation, .channels, .split, .shuffle, .nothing, .mean: []
    }
  }
}

extension AdjointConvolutions {
  /// Whether the kernels can run all of it.
  fileprivate var isShort: Bool { parts.allSatisfy { $0.rows.isShort && $0.columns.isShort } }
}

/// What each element of a window counts in the window's mean.
private struct AxisShares {
  /// The same for all windows; nil where windows have different numbers of elements.
  let common: Float?

  init(_ rows: WindowAxis, _ columns: WindowAxis, countsPadding: Bool) {
    let counts = [rows, columns].map { axis in
      Set((0..<axis.output).map { countsPadding ? axis.paddedCount($0) : axis.inside($0).count })
    }
    guard let height = counts[0].first, let width = counts[1].first, counts.allSatisfy({ $0.count == 1 }), height > 0,
      width > 0
    else {
      common = nil
      return
    }
    common = 1 / Float(height * width)
  }
}

extension Tensor {
  /// Weights of a depthwise convolution, channels×1×height×width.
  fileprivate static func uniformWindows(
    of weight: Float, channels: Int, _ height: Int, _ width: Int
  ) throws -> Tensor {
    try Tensor(Shape([channels, 1, height, width]), of: Float.self) { $0.update(repeating: weight) }
  }
}
