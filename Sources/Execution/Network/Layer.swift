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
    case channelScale(factors: [Double], offsets: [Double])
    case sum
    case channelConcatenation
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
    var factors: [Double]?
    var offsets: [Double]?
    /// What is added before clamping.
    var residual: ValueID?
  }

  var kind: Kind
  /// What is done last.
  var bounds = ClampBounds.none
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

  /// The bias with factors and offsets worked in, rounded once.
  var foldedBias: [Float] {
    let sums = bias?.elements(of: Float.self).map(Double.init) ?? [Double](repeating: 0, count: outputChannels)
    guard let factors, let offsets else { return sums.map(Float.init) }
    return sums.indices.map { Float(sums[$0] * factors[$0] + offsets[$0]) }
  }
}
