internal import CKernels

/// A window that slides over a plane: extents, strides, dilations and pads, and the output's extents that follow.
public struct Window2D: Sendable, Hashable {
  /// An extent along each of the two axes.
  public struct Extent: Sendable, Hashable {
    public var height: Int
    public var width: Int

    public init(height: Int, width: Int) {
      self.height = height
      self.width = width
    }

    /// The same along both axes.
    public init(_ extent: Int) { self.init(height: extent, width: extent) }

    /// The elements of a plane of this extent.
    public var count: Int { height * width }
  }

  /// Rows and columns of padding.
  public struct Pads: Sendable, Hashable {
    public var top: Int
    public var left: Int
    public var bottom: Int
    public var right: Int

    public init(top: Int = 0, left: Int = 0, bottom: Int = 0, right: Int = 0) {
      self.top = top
      self.left = left
      self.bottom = bottom
      self.right = right
    }

    /// The same on all sides.
    public init(_ pad: Int) { self.init(top: pad, left: pad, bottom: pad, right: pad) }
  }

  public let input: Extent
  public let kernel: Extent
  public let strides: Extent
  public let dilations: Extent
  public let pads: Pads

  /// How many places the window takes along each axis.
  public let output: Extent

  /// - Parameter output: the output's extents where they are not (padded input - dilated kernel) / stride + 1, rounded
  ///   down, as with pooling's ceiling mode; windows may then reach beyond the pads.
  /// - Throws: where the input's extents or pads are negative, any other is not positive, one is above 2³¹ - 1, or the
  ///   window does not fit into the padded input.
  public init(
    input: Extent, kernel: Extent, strides: Extent = Extent(1), dilations: Extent = Extent(1), pads: Pads = Pads(),
    output: Extent? = nil
  ) throws(GeometryError) {
    let nonnegative = [input.height, input.width, pads.top, pads.left, pads.bottom, pads.right]
    let positive = [kernel.height, kernel.width, strides.height, strides.width, dilations.height, dilations.width]
    guard (nonnegative + positive).allSatisfy({ $0 >= 0 && $0 <= Int32.max }), !positive.contains(0) else {
      throw GeometryError("an extent, pad, stride or dilation of a window is out of range")
    }
    self.input = input
    self.kernel = kernel
    self.strides = strides
    self.dilations = dilations
    self.pads = pads
    if let output {
      guard output.height > 0, output.width > 0, output.height <= Int32.max, output.width <= Int32.max else {
        throw GeometryError("a window's output extent is out of range")
      }
      self.output = output
    } else {
      self.output = Extent(
        height: try Self.outputExtent(
          input.height, pads.top + pads.bottom, kernel.height, strides.height, dilations.height),
        width: try Self.outputExtent(input.width, pads.left + pads.right, kernel.width, strides.width, dilations.width))
    }
  }

  private static func outputExtent(
    _ input: Int, _ pads: Int, _ kernel: Int, _ stride: Int, _ dilation: Int
  ) throws(GeometryError) -> Int {
    let dilated = (kernel - 1) * dilation + 1
    guard input + pads >= dilated else {
      throw GeometryError(
        "a window of \(dilated) does not fit into an input of \(input) with \(pads) of padding along one axis")
    }
    return (input + pads - dilated) / stride + 1
  }

  /// Whether the window is a single place that lies on each input element in turn.
  var isPointwise: Bool {
    kernel.count == 1 && strides == Extent(1) && pads == Pads() && input == output
  }

  /// The same as C takes it.
  var c: ckernels_window {
    ckernels_window(
      input_height: input.height, input_width: input.width, kernel_height: kernel.height, kernel_width: kernel.width,
      stride_y: strides.height, stride_x: strides.width, dilation_y: dilations.height, dilation_x: dilations.width,
      pad_top: pads.top, pad_left: pads.left, output_height: output.height, output_width: output.width)
  }
}

/// Extents that no convolution or pooling can have.
public struct GeometryError: Error, Sendable, CustomStringConvertible {
  /// What is wrong, as a clause without a full stop.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// The product of factors that are not negative.
///
/// - Throws: where it is more than the elements of 8 bytes that can be addressed.
func checkedCount(_ factors: Int...) throws(GeometryError) -> Int {
  var product = 1
  for factor in factors {
    let (next, overflow) = product.multipliedReportingOverflow(by: factor)
    guard !overflow, next <= Int.max / 16 else { throw GeometryError("there are more elements than can be addressed") }
    product = next
  }
  return product
}
