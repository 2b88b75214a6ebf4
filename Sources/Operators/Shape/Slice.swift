import Tensors

/// A part of the input: along each of `axes` from `starts` up to and without `ends`, every `steps`-th position.
///
/// Negative positions count from the end, positions outside are clamped, negative steps go backwards.
///
/// - Source: ONNX operator Slice 1 (attributes, no steps), 10 (inputs), 11, 13; the experimental DynamicSlice of onnx 1.4
///   (inputs, no steps).
struct Slice: Operator {
  private let starts: ListParameter
  private let ends: ListParameter
  private let axes: ListParameter
  private let steps: ListParameter

  init(_ node: NodeDescription) throws(OperatorError) {
    let firstWithInputs = node.operatorName == "DynamicSlice" ? 1 : 10
    starts = try ListParameter(node, "starts", inputFrom: firstWithInputs, at: 1)
    ends = try ListParameter(node, "ends", inputFrom: firstWithInputs, at: 2)
    axes = try ListParameter(node, "axes", inputFrom: firstWithInputs, at: 3)
    steps = node.version >= 10 ? .input(4) : .attribute(nil)
  }

  /// Where nothing but channels is left out, and their number does not depend on the images'.
  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    guard let x = inputs[0], x.isFeatureMap, inputs.dropFirst().allSatisfy({ $0 == nil || $0?.constant != nil })
    else { return nil }
    let constants = OperatorInputs(inputs.map { $0?.constant })
    guard let ranges = try? ranges(of: x.shape, constants), ranges[0] == nil, let channels = ranges[1],
      channels.step == 1, channels.count > 0,
      [2, 3].allSatisfy({ axis in ranges[axis].map { $0.step == 1 && $0.count == x.shape[axis] } ?? true })
    else { return nil }
    return .channelRange(channels.first..<channels.first + channels.count)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "data")
    var view = StridedView(x.shape)
    for case (let axis, let range?) in try ranges(of: x.shape, inputs).enumerated() {
      view.offset += range.first * view.strides[axis]
      view.strides[axis] *= range.step
      view.dimensions[axis] = range.count
    }
    return [try x.copied(view, to: try Shape(view.dimensions), context)]
  }

  /// For each axis what is taken; nil where it is not spoken of.
  private func ranges(of shape: Shape, _ inputs: OperatorInputs) throws(OperatorError) -> [SliceRange?] {
    let starts = try starts.required(inputs, "starts")
    let ends = try ends.required(inputs, "ends")
    let axes = try shape.normalizedAxes(try axes.values(inputs, "axes") ?? Array(starts.indices))
    let steps = try steps.values(inputs, "steps") ?? starts.map { _ in 1 }
    guard starts.count == ends.count, starts.count == axes.count, starts.count == steps.count else {
      throw .malformed(
        "starts, ends, axes and steps have \(starts.count), \(ends.count), \(axes.count) and \(steps.count) elements")
    }
    var ranges = [SliceRange?](repeating: nil, count: shape.rank)
    for (index, axis) in axes.enumerated() {
      guard steps[index] != 0 else { throw .malformed("a step of 0 along axis \(axis)") }
      ranges[axis] = SliceRange(start: starts[index], end: ends[index], step: steps[index], extent: shape[axis])
    }
    return ranges
  }
}

/// The positions that a slice takes along one axis, clamped to it.
struct SliceRange {
  /// The first position; 0 if there is none.
  let first: Int
  /// From one position to the next, in magnitude at most the extent.
  let step: Int
  let count: Int

  /// - Precondition: `step` is not 0.
  init(start: Int, end: Int, step: Int, extent: Int) {
    let from = start < 0 ? start + extent : start
    let to = end < 0 ? end + extent : end
    // Longer steps than the extent take the first position alone, as this does.
    self.step = min(max(step, -extent), extent)
    if step > 0 {
      let low = min(max(from, 0), extent)
      let high = min(max(to, 0), extent)
      count = low < high ? (high - low - 1) / self.step + 1 : 0
      first = count > 0 ? low : 0
    } else {
      let high = min(max(from, -1), extent - 1)
      let low = min(max(to, -1), extent - 1)
      count = low < high ? (high - low - 1) / -self.step + 1 : 0
      first = count > 0 ? high : 0
    }
  }
}

extension Slice: ElementSelection {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }
}
