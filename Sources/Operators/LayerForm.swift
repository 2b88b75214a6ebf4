public import Kernels
public import Tensors

/// What an operator does to the feature maps of a convolutional network, in the terms in which layers can be fused and
/// run in a layout of their own.
///
/// Feature maps are float32 tensors N×C×height×width; every image of a batch is on its own.
public enum LayerForm: Sendable {
  /// The convolution of input 0 with input 1, plus input 2.
  case convolution(rows: WindowAxis, columns: WindowAxis, groups: Int)

  /// The largest element of each window.
  case maxPool(rows: WindowAxis, columns: WindowAxis)

  /// The mean of each window.
  case averagePool(rows: WindowAxis, columns: WindowAxis, countsPadding: Bool)

  /// The mean of each channel, as N×C×1×1 or N×C.
  case globalAveragePool(keepsAxes: Bool)

  /// min(max(x, low), high).
  case clamp(low: Float, high: Float)

  /// factor · x + offset with a value for each channel, x being the first input that is no constant.
  case channelScale(factors: [Double], offsets: [Double])

  /// The sum of inputs 0 and 1, which are of one shape.
  case sum

  /// The product of inputs 0 and 1, which are of one shape, or of which one has one pixel.
  case product

  /// A function of each element.
  case activation(Activation)

  /// x / (bias + scale · Σ x²)^¾, the sum being over the channels from `below` before to `above` behind the channel.
  case localResponse(scale: Float, bias: Float, below: Int, above: Int)

  /// The channels of all inputs, one input's behind the other's.
  case channelConcatenation

  /// Some neighbouring channels of input 0.
  case channelRange(Range<Int>)

  /// Input 0 as it is.
  case identity
}

/// What is known of an operator's input before anything runs.
public struct KnownInput: Sendable {
  public let shape: Shape
  public let elementType: ElementType
  /// The value, where it is the same in every run.
  public let constant: Tensor?

  public init(shape: Shape, elementType: ElementType, constant: Tensor?) {
    self.shape = shape
    self.elementType = elementType
    self.constant = constant
  }

  /// The form of an activation of it; nil where it is no feature map.
  func layerForm(_ activation: Activation) -> LayerForm? { isFeatureMap ? .activation(activation) : nil }

  /// Whether it can be seen as feature maps.
  package var isFeatureMap: Bool { elementType == .float32 && shape.rank == 4 && shape.count > 0 && constant == nil }
}
