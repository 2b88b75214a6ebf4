import GraphIR
import Kernels
import Operators
import Tensors

/// One or several nodes that run as one.
struct Layer: Sendable {
  enum Kind: Sendable {
    case convolution(Convolution)
    case pooling(LayerForm)
    case globalAveragePool
    case channelScale(ChannelFactors)
    case sum
    /// Of input 0 with input 1, which is of the same extents or has one pixel.
    case product
    /// Nothing but the layer's activation.
    case activation
    case localResponse(LocalResponse)
    case channelConcatenation
    case channelRange(Range<Int>)
    /// Channel i of each of `groups` equal groups, for all i.
    case channelShuffle(groups: Int)
    case identity
  }

  /// A convolution with the scales that follow it multiplied in.
  struct Convolution: Sendable {
    let weights: Tensor
    let bias: Tensor?
    let rows: WindowAxis
    let columns: WindowAxis
    let groups: Int
    /// What each output channel's weights, and bias, are multiplied with, and what is added to its bias.
    var scale: ChannelFactors?
    /// What is added before clamping.
    var residual: ValueID?
  }

  var kind: Kind
  /// What is done last: clamping, or an activation of another kind.
  var bounds = ClampBounds.none
  var activation: Activation?
  /// What the activation is applied to.
  var argument: ValueID?
  /// The nodes, in their order.
  var nodes: [Int]
  /// The feature maps that it reads, the residual left out.
  let inputs: [ValueID]
  /// What its last node makes.
  var output: ValueID

  /// All feature maps that it reads.
  var allInputs: [ValueID] {
    if case .convolution(let convolution) = kind, let residual = convolution.residual { return inputs + [residual] }
    return inputs
  }
}

extension Layer.Convolution {
  var outputChannels: Int { weights.shape[0] }

  /// The bias with the scale worked in, rounded once.
  var foldedBias: [Float] {
    let sums = bias?.elements(of: Float.self).map(Double.init) ?? [Double](repeating: 0, count: outputChannels)
    guard let scale else { return sums.map(Float.init) }
    return sums.indices.map { Float(sums[$0] * scale.factors[$0] + scale.offsets[$0]) }
  }
}

/// factor · x + offset with a value for each channel.
struct ChannelFactors: Sendable {
  var factors: [Double]
  var offsets: [Double]

  /// Both scales, one after the other, as one; nil where that has a value beyond float32.
  func followed(by next: ChannelFactors) -> ChannelFactors? {
    var both = self
    for channel in factors.indices {
      both.factors[channel] *= next.factors[channel]
      both.offsets[channel] = both.offsets[channel] * next.factors[channel] + next.offsets[channel]
    }
    return (both.factors + both.offsets).allSatisfy { Float($0).isFinite } ? both : nil
  }
}
