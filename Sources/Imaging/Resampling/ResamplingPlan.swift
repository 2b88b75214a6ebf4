/// How float planes of one size become planes of another size: positions and weights, computed once, used many times.
///
/// The rows are resized first, the columns then; each output element sums its taps in the order of the source.
/// Results do not depend on how many planes are resized at a time.
public struct ResamplingPlan: Sendable {
  /// Rules of interpolation. All but `matlab` are those of PyTorch's `interpolate`, without antialiasing.
  public enum Method: Sendable, Hashable {
    /// PyTorch's `nearest`: the source at floor(i · in/out).
    case nearest
    /// Linear along both axes. Without `alignCorners` pixel centres lie at half-integers, which is OpenCV's
    /// `INTER_LINEAR` as well; with it the corners' centres coincide.
    case bilinear(alignCorners: Bool)
    /// Keys' cubic with a = −0.75 along both axes.
    case bicubic(alignCorners: Bool)
    /// MATLAB's `imresize(_, 'bilinear')`: half-pixel centres, a widened triangle where the plane gets smaller.
    case matlabBilinear
  }

  public let sourceWidth: Int
  public let sourceHeight: Int
  public let width: Int
  public let height: Int
  let columns: ResamplingTaps
  let rows: ResamplingTaps

  /// A plan for planes of `sourceHeight` × `sourceWidth` to `height` × `width` elements.
  ///
  /// - Precondition: all four are positive.
  public init(sourceWidth: Int, sourceHeight: Int, width: Int, height: Int, _ method: Method) {
    precondition(sourceWidth > 0 && sourceHeight > 0 && width > 0 && height > 0)
    self.sourceWidth = sourceWidth
    self.sourceHeight = sourceHeight
    self.width = width
    self.height = height
    columns = ResamplingTaps(from: sourceWidth, to: width, method)
    rows = ResamplingTaps(from: sourceHeight, to: height, method)
  }

  /// Whether source and target have the same size, so that every method copies.
  public var isIdentity: Bool { sourceWidth == width && sourceHeight == height }

  /// Resizes `count` planes that lie one behind the other, row by row.
  ///
  /// - Precondition: `source` holds `count` · `sourceHeight` · `sourceWidth` elements, `target` `count` · `height` ·
  ///   `width`, and they do not overlap.
  /// - Complexity: O(count · height · (width + taps)) for planes that grow.
  public func apply(
    planes count: Int = 1, from source: UnsafeBufferPointer<Float>, to target: UnsafeMutableBufferPointer<Float>
  ) {
    let (sourceSize, size) = (sourceWidth * sourceHeight, width * height)
    precondition(count >= 0 && source.count == count * sourceSize && target.count == count * size)
    guard count > 0 else { return }
    if isIdentity {
      _ = target.update(fromContentsOf: source)
      return
    }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: sourceHeight * width) { wide in
      for plane in 0..<count {
        for row in 0..<sourceHeight {
          columns.gather(
            source.baseAddress! + plane * sourceSize + row * sourceWidth, to: wide.baseAddress! + row * width)
        }
        for row in 0..<height {
          rows.blend(
            wide.baseAddress!, row: row, width: width, to: target.baseAddress! + plane * size + row * width)
        }
      }
    }
  }

  /// One resized plane.
  ///
  /// - Precondition: `plane` holds `sourceHeight` · `sourceWidth` elements.
  public func apply(to plane: [Float]) -> [Float] {
    [Float](unsafeUninitializedCapacity: width * height) { target, count in
      plane.withUnsafeBufferPointer { source in
        apply(from: source, to: UnsafeMutableBufferPointer(rebasing: target[..<(width * height)]))
      }
      count = width * height
    }
  }
}
