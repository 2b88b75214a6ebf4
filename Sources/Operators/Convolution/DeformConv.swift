import Kernels
import Tensors

/// A convolution whose kernel's elements are each moved by offsets of their own, different for every window, and
/// weighted by a mask: x N×C×…, w M×(C / group)×…, offset N×(offset groups · kernel elements · axes)×…, mask N×(offset
/// groups · kernel elements)×…. Between elements x is interpolated linearly; outside of it is zero.
///
/// - Source: ONNX operator DeformConv 19, 22; https://arxiv.org/abs/1703.06211, https://arxiv.org/abs/1811.11168.
struct DeformConv: Operator {
  private let node: NodeDescription
  private let groups: Int
  private let offsetGroups: Int

  init(_ node: NodeDescription) throws(OperatorError) {
    self.node = node
    groups = try node.convolutionGroups()
    offsetGroups = try node.int("offset_group") ?? 1
    guard offsetGroups > 0 else { throw .malformed("attribute offset_group is \(offsetGroups)") }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let offset = try inputs.required(2, "offset")
    let operands = try ConvolutionOperands(
      OperatorInputs([inputs.optional(0), inputs.optional(1), inputs.optional(3)]), groups: groups, context)
    let (x, w, kernel) = (operands.x, operands.w, operands.kernelCount)
    if let stated = try node.ints("kernel_shape"), stated != operands.kernel {
      throw OperatorError.mismatched("attribute kernel_shape is \(stated); W has shape \(w.shape)")
    }
    let axes = try PoolingWindow(node, kernel: operands.kernel).axes(of: x.shape)
    guard axes.count <= 8 else {
      throw OperatorError.unsupported("\(axes.count) spatial axes; up to 8 are implemented")
    }
    let shape = try operands.outputShape(axes.map(\.output))
    guard operands.channels.input % offsetGroups == 0 else {
      throw OperatorError.mismatched("\(operands.channels.input) channels do not split into \(offsetGroups) groups")
    }
    let planes = kernel.multipliedClamping(by: offsetGroups)
    try requireShape(offset, "offset", planes.multipliedClamping(by: axes.count), shape)
    if let mask = inputs.optional(4) { try requireShape(mask, "mask", planes, shape) }

    let biases = try operands.bias?.doubles()
    let (channels, positions) = (operands.channels, shape.count(of: 2..<shape.rank))
    let columns = channels.inputPerGroup * kernel
    let others = inputs.optional(4).map { [$0] } ?? []
    return try withDoubles(of: [x, w, offset] + others, context) { pointers in
      let y = try Tensor(shape, of: Double.self, allocator: context.allocator) { y in
        guard shape.count > 0 else { return }
        nonisolated(unsafe) let (y, w) = (y, pointers[1].baseAddress!)
        let sampler = DeformedSampler(
          axes: axes, channels: channels.input, channelsPerGroup: channels.input / offsetGroups, x: pointers[0],
          offset: pointers[2], mask: others.isEmpty ? nil : pointers[3])
        context.pool.forEach(shape[0] * positions) { place in
          let (image, window) = place.quotientAndRemainder(dividingBy: positions)
          let samples = sampler.samples(image: image, window: window)
          samples.withUnsafeBufferPointer { samples in
            for channel in 0..<channels.output {
              let group = channel / channels.outputPerGroup
              let sum = dotProduct(
                samples.baseAddress! + group * columns, w + channel * columns, count: columns)
              y[(image * channels.output + channel) * positions + window] = sum + (biases?[channel] ?? 0)
            }
          }
        }
      }
      return [try y.rounded(to: operands.type, context)]
    }
  }

  private func requireShape(_ tensor: Tensor, _ name: String, _ planes: Int, _ output: Shape) throws(OperatorError) {
    guard tensor.shape.dimensions == [output[0], planes] + output.dimensions[2...] else {
      throw .mismatched(
        "\(name) has shape \(tensor.shape); \(planes) planes for results of shape \(output) are expected")
    }
    try tensor.requireFloats(named: name)
  }
}

/// What the deformed windows of a convolution see.
private struct DeformedSampler: @unchecked Sendable {
  // The pointers are only read, and outlive the call.
  let axes: [WindowAxis]
  let channels: Int
  /// The channels that share offsets.
  let channelsPerGroup: Int
  let x: UnsafeBufferPointer<Double>
  let offset: UnsafeBufferPointer<Double>
  let mask: UnsafeBufferPointer<Double>?

  /// For each channel the values at the kernel's elements, weighted by the mask.
  func samples(image: Int, window: Int) -> [Double] {
    let kernel = axes.reduce(1) { $0 * $1.kernel }
    let area = axes.reduce(1) { $0 * $1.input }
    let windows = axes.reduce(1) { $0 * $1.output }
    let groups = channels / channelsPerGroup
    var samples = [Double](repeating: 0, count: channels * kernel)
    for group in 0..<groups {
      for element in 0..<kernel {
        let plane = (image * groups + group) * kernel + element
        let taps = taps(element: element, window: window) { axis in
          offset[(plane * axes.count + axis) * windows + window]
        }
        let weight = mask.map { $0[plane * windows + window] } ?? 1
        for channel in group * channelsPerGroup..<(group + 1) * channelsPerGroup {
          let start = (image * channels + channel) * area
          let sum = taps.reduce(0) { $0 + x[start + $1.place] * $1.weight }
          samples[channel * kernel + element] = weight * sum
        }
      }
    }
    return samples
  }

  /// The places of a channel that a moved element of the kernel is interpolated from, and their weights.
  private func taps(
    element: Int, window: Int, offset: (Int) -> Double
  ) -> [(place: Int, weight: Double)] {
    var taps: [(place: Int, weight: Double)] = [(0, 1)]
    var (element, window) = (element, window)
    var step = 1
    for (index, axis) in axes.enumerated().reversed() {
      let start = axis.start(window % axis.output) + element % axis.kernel * axis.dilation
      (element, window) = (element / axis.kernel, window / axis.output)
      let coordinate = Double(start) + offset(index)
      // Neither is a coordinate that is no number inside.
      guard coordinate > -1, coordinate < Double(axis.input) else { return [] }
      let low = Int(coordinate.rounded(.down))
      let part = coordinate - Double(low)
      taps = taps.flatMap { tap in
        [(low, 1 - part), (low + 1, part)].filter { $0.0 >= 0 && $0.0 < axis.input }.map {
          (tap.place + $0.0 * step, tap.weight * $0.1)
        }
      }
      step *= axis.input
    }
    return taps
  }
}
