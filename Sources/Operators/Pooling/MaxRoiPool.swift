import Kernels
import Tensors

/// For each region of interest (image, x1, y1, x2, y2), whose corners are rounded to pixels, the largest element of
/// each of pooled_shape bins; zero for an empty one: x N×C×height×width gives regions×C×pooled_shape.
///
/// - Source: ONNX operator MaxRoiPool 1, 22; Fast R-CNN, https://arxiv.org/abs/1504.08083.
struct MaxRoiPool: Operator {
  private let height: Int
  private let width: Int
  private let scale: Double

  init(_ node: NodeDescription) throws(OperatorError) {
    guard let bins = try node.ints("pooled_shape"), bins.count == 2, bins.allSatisfy({ $0 > 0 }) else {
      throw .malformed("attribute pooled_shape does not hold two extents")
    }
    (height, width) = (bins[0], bins[1])
    scale = Double(try node.float("spatial_scale") ?? 1)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X").requireFloats(named: "X")
    let regions = try inputs.required(1, "rois").requireFloats(named: "rois")
    let count = regions.shape.dimensions.first ?? 0
    guard x.shape.rank == 4, regions.shape.dimensions == [count, 5] else {
      throw OperatorError.mismatched(
        "X and rois have shapes \(x.shape) and \(regions.shape); N×C×height×width and 5 numbers a row are expected")
    }
    let (channels, rows, columns) = (x.shape[1], x.shape[2], x.shape[3])
    let shape = try Shape([count, channels, height, width])
    let numbers = try regions.doubles()
    let parsed = try (0..<count).map { index in
      let row = numbers[5 * index..<5 * index + 5]
      guard let image = Int(exactly: row.first!), image >= 0, image < x.shape[0],
        row.dropFirst().allSatisfy({ ($0 * scale).magnitude < 0x1p31 })
      else { throw OperatorError.mismatched("region \(Array(row)) is none of \(x.shape[0]) images of \(x.shape)") }
      let corners = row.dropFirst().map { Int(($0 * scale).rounded(.toNearestOrAwayFromZero)) }
      return (
        image: image, rows: RegionBins(corners[1], corners[3], bins: height, extent: rows),
        columns: RegionBins(corners[0], corners[2], bins: width, extent: columns)
      )
    }
    return try withDoubles(of: [x], context) { pointers in
      let y = try Tensor(shape, of: Double.self, allocator: context.allocator) { y in
        guard shape.count > 0 else { return }
        nonisolated(unsafe) let (y, x) = (y, pointers[0])
        context.pool.forEach(count * channels) { plane in
          let region = parsed[plane / channels]
          let start = (region.image * channels + plane % channels) * rows * columns
          for bin in 0..<height * width {
            var largest: Double?
            for row in region.rows.pixels(of: bin / width) {
              for column in region.columns.pixels(of: bin % width) {
                let value = x[start + row * columns + column]
                largest = largest?.maximum(value) ?? value
              }
            }
            y[plane * height * width + bin] = largest ?? 0
          }
        }
      }
      return [try y.rounded(to: x.elementType, context)]
    }
  }
}

/// The bins of a region of interest along one axis.
private struct RegionBins: Sendable {
  private let first: Int
  private let binSize: Double
  private let extent: Int

  /// The bins of the pixels `first` to `last`, both included, one pixel at least.
  init(_ first: Int, _ last: Int, bins: Int, extent: Int) {
    self.first = first
    self.extent = extent
    binSize = Double(max(last - first + 1, 1)) / Double(bins)
  }

  /// The pixels of a bin that lie inside of the image.
  func pixels(of bin: Int) -> Range<Int> {
    let low = Int((Double(bin) * binSize).rounded(.down)) + first
    let high = Int((Double(bin + 1) * binSize).rounded(.up)) + first
    let start = min(max(low, 0), extent)
    return start..<max(start, min(max(high, 0), extent))
  }
}
