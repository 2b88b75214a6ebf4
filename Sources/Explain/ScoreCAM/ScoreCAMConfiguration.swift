/// Every choice that Score-CAM's implementations differ in.
///
/// Notation: x input, A_k channel k of the hooked activation, U resizing to the input's size, N min-max normalization,
/// M_k mask, S_k score, w_k weight. `Preset` names the sets of choices that reproduce known implementations.
public struct ScoreCAMConfiguration: Sendable, Hashable {
  /// What a masked pass is judged by.
  public enum Score: String, Sendable, CaseIterable {
    /// The value before softmax or sigmoid.
    case logit
    /// The value after it.
    case probability
  }

  /// The input whose score is taken off every channel's score.
  public enum Baseline: Sendable, Hashable {
    /// Nothing is taken off.
    case none
    /// Zeros in the network's normalised input.
    case zero
    /// The picture itself, unmasked.
    case input
    /// The picture blurred by a Gaussian whose standard deviation is a twentieth of the shorter side.
    case blur
    /// A constant in the network's normalised input.
    case value(Float)
  }

  /// How weights follow from scores.
  public enum Weights: Sendable, Hashable {
    /// w = S.
    case raw
    /// w = softmax over the channels of S divided by the temperature.
    case softmax(temperature: Double)
    /// w = max(0, S).
    case relu
  }

  /// What the mask multiplies.
  public enum MaskDomain: String, Sendable, CaseIterable {
    /// The network's normalised input: masked-out parts take the mean colour.
    case normalised
    /// The picture's bytes before scale, mean and channel order, rounded half up: masked-out parts turn black.
    case pixel
  }

  /// How maps are resized to the input's size.
  public enum Upsampling: String, Sendable, CaseIterable {
    case bilinear
    case bicubic
    case nearest
  }

  /// Where min-max normalization makes a mask of a channel.
  public enum Normalization: String, Sendable, CaseIterable {
    /// M = N(U(A)).
    case after
    /// M = U(N(A)).
    case before
    /// M = N(U(A)), with the minimum and maximum of each pixel column.
    case column
  }

  /// What the weights are summed over.
  public enum Combination: String, Sendable, CaseIterable {
    /// The activations.
    case activation
    /// The activations resized to the input's size.
    case upsampled
    /// The masks.
    case mask
  }

  /// The last steps from the weighted sum to the map.
  public enum Finish: String, Sendable, CaseIterable {
    /// ReLU, resize to the input's size, N.
    case resized
    /// ReLU and N at the sum's own size.
    case ownSize = "own-size"
    /// ReLU and N at the sum's own size, resize to the input's size, ReLU and N again.
    case normalisedTwice = "normalised-twice"
  }

  /// The choices that the masks, and so the masked passes, depend on: configurations that agree in them share passes.
  public struct Masking: Sendable, Hashable {
    public var domain: MaskDomain
    public var upsampling: Upsampling
    /// Whether resizing maps corner pixels on corner pixels, rather than edges on edges.
    public var alignsCorners: Bool
    public var normalization: Normalization
    /// Added to the divisor where masks are normalised, so that nothing is divided by zero.
    public var epsilon: Float
  }

  public var masking: Masking
  public var score: Score
  public var baseline: Baseline
  public var weights: Weights
  public var combination: Combination
  public var finish: Finish

  /// Added to the divisor where the map is normalised.
  public var mapEpsilon: Float

  /// Whether a constant weighted sum gives no map at all rather than a map of zeros.
  public var constantGivesNoMap: Bool
}
