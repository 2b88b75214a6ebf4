/// How a picture becomes a network's input tensor.
///
/// In three steps that can be taken apart: the picture is resized and cropped on 8-bit pixels
/// (``prepared(from:limits:)``), its channels are put into the network's order, and each value becomes
/// (pixel · scale − mean) / std in single precision (``tensor(of:)``).
public struct Preprocessing: Sendable, Hashable {
  /// How the picture's size is changed before cropping.
  public enum Resizing: Sendable, Hashable {
    /// Not at all.
    case none
    /// To the network's size, whatever the picture's proportions.
    case squash
    /// To a size that is cropped then, whatever the picture's proportions.
    case exact(Size)
    /// So that the shorter side has so many pixels; the longer one int(S · long / short).
    case shortSide(Int)
    /// So that the shorter side has `of` / `per` of the network's longer side, truncated.
    case shortSideRatio(of: Int, per: Int)
  }

  /// Rows and columns, in pixels.
  public struct Size: Sendable, Hashable, CustomStringConvertible {
    public var height: Int
    public var width: Int

    public init(height: Int, width: Int) {
      self.height = height
      self.width = width
    }

    public var description: String { "\(height)×\(width)" }
  }

  /// The order of the tensor's axes.
  public enum Layout: String, Sendable, Hashable, CaseIterable {
    case nchw = "NCHW"
    case nhwc = "NHWC"
  }

  /// The order of the tensor's channels.
  public enum Channels: String, Sendable, Hashable, CaseIterable {
    case rgb = "RGB"
    case bgr = "BGR"
  }

  /// The network's input size; nil until ``resolved(forInputShape:)`` takes it from the model.
  public var size: Size?
  public var resizing: Resizing
  /// Whether the middle of the resized picture is cut out, or padded with black, to `size`.
  public var cropsCenter: Bool
  public var interpolation: ResampleFilter
  /// The order of axes; nil until ``resolved(forInputShape:)`` takes it from the model.
  public var layout: Layout?
  public var channels: Channels
  /// What pixels of 0 to 255 are multiplied with.
  public var scale: Float
  /// Subtracted after scaling: three values, in the order of `channels`.
  public var mean: [Float]
  /// Divided by last: three values, in the order of `channels`.
  public var std: [Float]

  /// - Precondition: `mean` and `std` have three values each.
  public init(
    size: Size? = nil, resizing: Resizing = .squash, cropsCenter: Bool = false,
    interpolation: ResampleFilter = .bilinear, layout: Layout? = nil, channels: Channels = .rgb, scale: Float = 1,
    mean: [Float] = [0, 0, 0], std: [Float] = [1, 1, 1]
  ) {
    precondition(mean.count == 3 && std.count == 3)
    self.size = size
    self.resizing = resizing
    self.cropsCenter = cropsCenter
    self.interpolation = interpolation
    self.layout = layout
    self.channels = channels
    self.scale = scale
    self.mean = mean
    self.std = std
  }
}

extension Preprocessing {
  /// torchvision's evaluation transform: short side 256 at an input of 224, centre crop, mean and deviation of ImageNet.
  public static let imagenet = Preprocessing(
    resizing: .shortSideRatio(of: 256, per: 224), cropsCenter: true, scale: 1 / 255, mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225])

  /// The convention of Caffe's models: blue first, minus the mean pixel, squashed.
  public static let caffe = Preprocessing(channels: .bgr, mean: [104, 117, 123])

  /// The convention of TensorFlow's MobileNets: (x − 127.5) / 127.5, squashed.
  public static let tf = Preprocessing(mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5])

  /// Pixels of 0 to 255 as they are, squashed.
  public static let none = Preprocessing()

  /// The names that ``named(_:)`` knows.
  public static let names = ["imagenet", "caffe", "tf", "none"]

  /// The preprocessing of one of ``names``, nil for any other.
  public static func named(_ name: String) -> Preprocessing? {
    switch name {
    case "imagenet": imagenet
    case "caffe": caffe
    case "tf": tf
    case "none": Preprocessing.none
    default: nil
    }
  }
}
