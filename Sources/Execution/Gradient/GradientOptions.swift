/// How gradients go through operators for which there is a choice.
public struct GradientOptions: Sendable, Hashable {
  /// What becomes of gradients at QuantizeLinear, which rounds.
  public enum Rounding: String, Sendable, CaseIterable {
    /// A graph in which they would have to pass it is refused.
    case refuse
    /// They pass as if it did not round, where its result is not clamped.
    case straightThrough
  }

  /// What becomes of gradients at Relu.
  public enum Rectification: String, Sendable, CaseIterable {
    /// They pass where the input is positive.
    case standard
    /// They pass where the input and the gradient itself are positive.
    ///
    /// - Source: Springenberg et al., "Striving for Simplicity: The All Convolutional Net", arXiv 1412.6806, section 3.4.
    case guided
  }

  public var rounding: Rounding
  public var rectification: Rectification

  public init(rounding: Rounding = .refuse, rectification: Rectification = .standard) {
    self.rounding = rounding
    self.rectification = rectification
  }
}
