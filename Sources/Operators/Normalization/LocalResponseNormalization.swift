import Tensors

/// y = x / (bias + alpha / size · Σ x²) ^ beta, the sum being over `size` neighbouring channels, x: N×C×….
///
/// - Source: ONNX operator LRN 1, 13.
struct LocalResponseNormalization: Operator {
  private let alpha: Float
  private let beta: Float
  private let bias: Float
  private let size: Int

  init(_ node: NodeDescription) throws(OperatorError) {
    alpha = try node.float("alpha") ?? 0.0001
    beta = try node.float("beta") ?? 0.75
    bias = try node.float("bias") ?? 1
    guard let size = try node.int("size") else { throw .malformed("attribute size is missing") }
    guard size > 0 else { throw .malformed("attribute size is \(size)") }
    self.size = size
  }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    guard beta == 0.75, let x = inputs.first ?? nil, x.isFeatureMap else { return nil }
    let channels = x.shape[1]
    return .localResponse(
      scale: alpha / Float(size), bias: bias, below: min((size - 1) / 2, channels), above: min(size / 2, channels))
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    guard x.shape.rank >= 2 else { throw OperatorError.mismatched("X has shape \(x.shape); at least N×C is expected") }
    guard x.count > 0 else { return [x] }
    let visitor = LocalResponseVisitor(
      x: try x.widened(context), scale: alpha / Float(size), beta: beta, bias: bias, below: (size - 1) / 2,
      above: size / 2, context: context)
    return [try x.elementType.visited(byFloating: visitor).cast(to: x.elementType, context)]
  }
}

private struct LocalResponseVisitor: FloatingVisitor {
  let x: Tensor
  let scale: Float
  let beta: Float
  let bias: Float
  /// How many channels before and behind a channel are summed with it.
  let below: Int
  let above: Int
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let channels = x.shape[1]
    let plane = x.count / x.shape[0] / channels
    // Neighbouring places whose sums are held at a time.
    let width = min(plane, 512)
    let blocks = (plane + width - 1) / width
    let (below, above) = (min(below, channels), min(above, channels))
    let (scale, beta, bias) = (Element(scale), beta, Element(bias))
    return try Tensor(x.shape, of: type, allocator: context.allocator) { target in
      x.withElements(of: type) { source in
        nonisolated(unsafe) let source = source.baseAddress!
        nonisolated(unsafe) let target = target.baseAddress!
        context.pool.forEach(x.shape[0] * blocks) { item in
          let start = item / blocks * channels * plane + item % blocks * width
          let count = min(width, plane - item % blocks * width)
          withUnsafeTemporaryAllocation(of: Element.self, capacity: count) { sums in
            for channel in 0..<channels {
              sums.initialize(repeating: 0)
              for neighbour in max(0, channel - below)...min(channels - 1, channel + above) {
                let from = source + start + neighbour * plane
                for index in 0..<count { sums[index] += from[index] * from[index] }
              }
              let from = source + start + channel * plane
              let to = target + start + channel * plane
              for index in 0..<count {
                let base = bias + scale * sums[index]
                let power =
                  beta == 0.75 ? base.squareRoot() * base.squareRoot().squareRoot() : base.power(Element(beta))
                to[index] = from[index] / power
              }
            }
          }
        }
      }
    }
  }
}

extension LocalResponseNormalization: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads(inputs: [0]) }

  /// With the sums s: ∂L/∂x[c] = ∂L/∂y[c] · s[c]^(−beta) − 2 · alpha / size · beta · x[c] · Σ ∂L/∂y[j] · x[j] · s[j]^(−beta − 1),
  /// over the channels j whose sum has x[c] in it.
  ///
  /// - Source: Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks", 2012, section 3.3,
  ///   whose formula is differentiated.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (context, gradient, x) = (call.context, try call.gradient(), try call.input(0))
    guard x.count > 0 else { return [x] }
    let sums = try x.times(x, context).channelWindowSums(below: (size - 1) / 2, above: size / 2, context)
    let spread = ResponsePower(scale: Double(alpha / Float(size)), bias: Double(bias), power: -Double(beta))
    let direct = try gradient.times(.paired(sums, sums, by: spread, context), context)
    let steeper = ResponsePower(scale: spread.scale, bias: spread.bias, power: -Double(beta) - 1)
    // A channel is in the sums of those that it would sum from the other side.
    let shares = try gradient.times(x, context).times(.paired(sums, sums, by: steeper, context), context)
      .channelWindowSums(below: size / 2, above: (size - 1) / 2, context)
    let factor = -2 * spread.scale * Double(beta)
    return [try direct.plus(x.times(shares, context).scaled(by: factor, context), context)]
  }
}

/// (bias + scale · sum)^power; the second operand does not matter.
private struct ResponsePower: RealPairing {
  let scale: Double
  let bias: Double
  let power: Double

  func result<Real: RealElement>(for sum: Real, _ unused: Real) -> Real {
    Real((bias + scale * Double(sum)).power(power))
  }
}

extension Tensor {
  /// For each element the sum of those at its place in the channels from `below` before to `above` behind its own.
  fileprivate func channelWindowSums(below: Int, above: Int, _ context: EvaluationContext) throws -> Tensor {
    try elementType.visited(byFloating: ChannelWindowSums(x: self, below: below, above: above, context: context))
  }
}

private struct ChannelWindowSums: FloatingVisitor {
  let x: Tensor
  let below: Int
  let above: Int
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let channels = x.shape[1]
    let plane = x.count / x.shape[0] / channels
    let (below, above) = (min(below, channels), min(above, channels))
    return try Tensor(x.shape, of: type, allocator: context.allocator) { target in
      x.withElements(of: type) { source in
        nonisolated(unsafe) let (source, target) = (source.baseAddress!, target.baseAddress!)
        context.pool.forEach(x.shape[0] * channels) { item in
          let (image, channel) = item.quotientAndRemainder(dividingBy: channels)
          let to = target + item * plane
          to.initialize(repeating: 0, count: plane)
          for neighbour in max(0, channel - below)...min(channels - 1, channel + above) {
            let from = source + (image * channels + neighbour) * plane
            for index in 0..<plane { to[index] += from[index] }
          }
        }
      }
    }
  }
}
