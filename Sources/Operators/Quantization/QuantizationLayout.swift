import Tensors

/// Which scale and zero point go with which element: one for all, one for each position along an axis, or one for each
/// block of neighbouring positions along it.
///
/// - Source: ONNX operators QuantizeLinear and DequantizeLinear 21, "quantization granularities".
struct QuantizationLayout: Sendable {
  private enum Granularity {
    case tensor
    case axis
    case block(Int)
  }

  private let granularity: Granularity
  /// The elements in front of the axis, along it, and behind it.
  private let outer: Int
  private let extent: Int
  private let inner: Int
  /// The scales along the axis.
  private let scaleCount: Int

  /// - Parameter block: the attribute block_size; 0 is none.
  init(_ x: Shape, scales: Shape, axis: Int, block: Int) throws(OperatorError) {
    guard scales.count != 1 || block > 0 else {
      (granularity, outer, extent, inner, scaleCount) = (.tensor, 1, x.count, 1, 1)
      return
    }
    let axis = try x.checkedAxis(axis)
    outer = x.count(of: 0..<axis)
    extent = x[axis]
    inner = x.count(of: axis + 1..<x.rank)
    if block > 0 {
      let blocks = extent / block + (extent % block == 0 ? 0 : 1)
      guard scales.rank == x.rank, try scales == x.replacing(axis, by: blocks) else {
        throw .mismatched("scales of shape \(scales) do not fit blocks of \(block) along axis \(axis) of \(x)")
      }
      granularity = .block(block)
      scaleCount = blocks
    } else {
      guard scales.rank == 1, scales[0] == extent else {
        throw .mismatched("scales of shape \(scales) do not fit axis \(axis) of \(x)")
      }
      granularity = .axis
      scaleCount = extent
    }
  }

  /// Calls `body` for runs of neighbouring elements: which they are, which scale goes with the first one, and how far
  /// the scale goes on from element to element (0 or 1).
  func forEachRun(_ body: (_ elements: Range<Int>, _ scale: Int, _ step: Int) -> Void) {
    guard inner > 0 else { return }
    for row in 0..<outer {
      switch granularity {
      case .tensor: body(0..<extent, 0, 0)
      case .axis:
        for position in 0..<extent {
          let start = (row * extent + position) * inner
          body(start..<start + inner, position, 0)
        }
      case .block(let size):
        for position in 0..<extent {
          let start = (row * extent + position) * inner
          body(start..<start + inner, (row * scaleCount + position / size) * inner, 1)
        }
      }
    }
  }
}

extension NodeDescription {
  /// The attributes `axis` and `block_size` of the linear quantization operators.
  func quantizationAxis() throws(OperatorError) -> (axis: Int, block: Int) {
    let block = version >= 21 ? try int("block_size") ?? 0 : 0
    guard block >= 0 else { throw .malformed("block_size is \(block)") }
    return (version >= 13 ? try int("axis") ?? 1 : 1, block)
  }
}

extension OperatorInputs {
  /// Scales and zero points, one for one; zero where zero points are left out.
  func quantization(
    scales index: Int, zeroPoints: Int
  ) throws -> (scales: Tensor, values: [Double], zeroPoints: [Double]) {
    let scales = try required(index, "scale")
    guard scales.elementType.isFloatingPoint else {
      throw OperatorError.mismatched("the scale is of \(scales.elementType); a floating-point type is expected")
    }
    let values = try scales.doubles()
    guard let tensor = optional(zeroPoints) else {
      return (scales, values, [Double](repeating: 0, count: values.count))
    }
    guard tensor.count == scales.count else {
      throw OperatorError.mismatched("zero points have shape \(tensor.shape), scales \(scales.shape)")
    }
    return (scales, values, try tensor.doubles())
  }
}
