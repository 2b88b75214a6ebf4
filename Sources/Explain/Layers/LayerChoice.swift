import GraphIR

/// The layer that Score-CAM hooks, and why.
public struct LayerChoice: Sendable {
  public let layer: HookableLayer

  /// What was taken at the place that was named or found.
  public let hook: Hook

  /// Why this one, as a clause.
  public let reason: String

  /// What the user should know of it, a sentence; nil where there is nothing.
  public let warning: String?
}

/// What is hooked at a named layer.
public enum Hook: String, Sendable, CaseIterable {
  /// The named node's own output.
  case output
  /// What the activation that follows the named node makes of it.
  case activation
}

extension LayerTable {
  /// The layer that `name` means: `auto`, `conv:N`, a node, a value, a module path, or a unique suffix of one.
  ///
  /// - Parameter hook: nil takes the activation for `auto` and the output for anything named.
  /// - Throws: `ExplainError` that lists candidates where the name is unknown or ambiguous.
  public func choose(_ name: String, hook: Hook?) throws(ExplainError) -> LayerChoice {
    if name == "auto" { return try chooseAutomatically(hook: hook ?? .activation) }
    let named = try resolve(name)
    let reason = "named '\(name)'"
    if hook == .activation {
      let target = graph.featureMap(of: named.value, isSpatial: isSpatial(like: named))
      guard let layer = layer(of: target), target != named.value else {
        return LayerChoice(
          layer: named, hook: .output, reason: reason,
          warning: "No activation follows \(named.label): its own output is hooked.")
      }
      return LayerChoice(layer: layer, hook: .activation, reason: "the activation after \(reason)", warning: nil)
    }
    return LayerChoice(layer: named, hook: .output, reason: reason, warning: rawHookWarning(named))
  }

  /// The last convolution whose output has more than one pixel, or what its activation makes of it.
  private func chooseAutomatically(hook: Hook) throws(ExplainError) -> LayerChoice {
    let convolutions = layers.filter { graph.isConvolution(graph.nodes[$0.node]) }
    guard let last = convolutions.last(where: { $0.shape[2] * $0.shape[3] > 1 }) else {
      if let quantized = graph.nodes.last(where: { $0.operatorName == "QLinearConv" }) {
        throw ExplainError(
          .unsupported,
          "the model's convolutions are quantized, and none makes a feature map of real numbers: what follows, such as "
            + "after \(graph.label(of: quantized)), goes on with integers. Quantize the model with QuantizeLinear and "
            + "DequantizeLinear around each operator (onnxruntime: QuantFormat.QDQ), or explain the model from before")
      }
      throw ExplainError(
        .unsupported,
        convolutions.isEmpty
          ? "the model has no convolution to hook; name a layer with --layer (inspect --layers lists them)"
          : "every convolution's output is a single pixel at this input size; name a layer with --layer")
    }
    if hook == .output {
      return LayerChoice(
        layer: last, hook: .output, reason: "the last convolution with more than one pixel",
        warning: rawHookWarning(last))
    }
    let target = graph.featureMap(of: last.value, isSpatial: isSpatial(like: last))
    guard target != last.value, let layer = layer(of: target) else {
      if let sum = layers.last(where: { $0.node > last.node && $0.operatorName == "Add" && $0.shape == last.shape }) {
        return LayerChoice(
          layer: sum, hook: .activation,
          reason: "the last sum of feature maps after \(last.label), the last convolution with more than one pixel",
          warning: quantizationWarning(sum))
      }
      return LayerChoice(
        layer: last, hook: .output, reason: "the last convolution with more than one pixel; no activation follows it",
        warning: attentionWarning(last) ?? quantizationWarning(last))
    }
    return LayerChoice(
      layer: layer, hook: .activation,
      reason: "the feature map after \(last.label), the last convolution with more than one pixel",
      warning: quantizationWarning(layer))
  }

  private func isSpatial(like layer: HookableLayer) -> (ValueID) -> Bool {
    { value in
      guard let shape = shapes[value], shape.rank == 4 else { return false }
      return shape[2] == layer.shape[2] && shape[3] == layer.shape[3]
    }
  }

  private func attentionWarning(_ layer: HookableLayer) -> String? {
    guard
      graph.nodes.dropFirst(layer.node + 1).contains(where: { node in
        (node.outputs.first ?? nil).map { axisOrders[$0.index] == .tokens } ?? false
      })
    else { return nil }
    let warning = """
      The network goes on with attention between tokens after \(layer.label), its last convolution: the map shows what \
      this early layer sees, not what the class was decided on.
      """
    let later = layers.last { $0.node > layer.node && $0.shape[2] * $0.shape[3] > 1 }
    return later.map { "\(warning) --layer \($0.label) takes the last value with rows and columns." } ?? warning
  }

  private func quantizationWarning(_ layer: HookableLayer) -> String? {
    guard
      let later = graph.nodes.dropFirst(layer.node + 1).last(where: { $0.operatorName == "QLinearConv" }),
      let result = later.outputs.first ?? nil,
      !graph.consumers[result.index].contains(where: { graph.nodes[$0].operatorName == "DequantizeLinear" })
    else { return nil }
    return """
      The convolution \(graph.label(of: later)) comes later, but gives integers, which cannot be hooked: the map shows \
      what the earlier layer \(layer.label) sees.
      """
  }

  private func rawHookWarning(_ layer: HookableLayer) -> String? {
    guard layer.operatorName == "Conv", let activation = layer.activation else { return nil }
    return """
      \(layer.label) is hooked before its activation \(activation): maps of raw convolution outputs are often empty or \
      inverted. --hook activation takes what the activation makes of it.
      """
  }
}
