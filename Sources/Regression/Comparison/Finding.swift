/// A cause of a difference that was recognized.
public struct Finding: Sendable, Hashable, Encodable {
  public enum Code: String, Sendable, Hashable, Encodable {
    /// One side takes the colours of pictures as red, green, blue and the other as blue, green, red.
    case channelOrder = "rgb-bgr-swap"
    /// Pictures are prepared in another way than they were.
    case preprocessing
  }

  public let code: Code

  /// What was seen, as a sentence without a full stop.
  public let message: String
}
