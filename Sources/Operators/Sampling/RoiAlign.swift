import Kernels
import Tensors

/// For each region of interest x1, y1, x2, y2 of an image, output_height × output_width bins, each the mean or the
/// largest of samples on a grid in it: x N×C×height×width gives regions×C×output_height×output_width.
///
/// - Source: ONNX operator RoiAlign 10, 16 (`coordinate_transformation_mode`), 22; Mask R-CNN,
///   https://arxiv.org/abs/1703.06870.
struct RoiAlign: Operator {
  private let takesLargest: Bool
  private let height: Int
  private let width: Int
  /// The samples along each axis of a bin; nil is as many as it has pixels, rounded up.
  private let ratio: Int?
  private let scale: Double
  /// Whether coordinates count from pixels' centers, so that half a pixel is taken off.
  private let isHalfPixel: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    switch try node.string("mode") ?? "avg" {
    case "avg": takesLargest = false
    case "max": takesLargest = true
    case let other: throw .malformed("attribute mode is '\(other)', not avg or max")
    }
    switch try node.string("coordinate_transformation_mode") ?? (node.version < 16 ? "output_half_pixel" : "half_pixel")
    {
    case "half_pixel": isHalfPixel = true
    case "output_half_pixel": isHalfPixel = false
    case let other: throw .malformed("attribute coordinate_transformation_mode is '\(other)'")
    }
    height = try node.int("output_height") ?? 1
    width = try node.int("output_width") ?? 1
    let ratio = try node.int("sampling_ratio") ?? 0
    self.ratio = ratio == 0 ? nil : ratio
    guard height > 0, width > 0, ratio >= 0 else {
      throw .malformed("output_height, output_width and sampling_ratio are \(height), \(width) and \(ratio)")
    }
    scale = Double(try node.float("spatial_scale") ?? 1)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X").requireFloats(named: "X")
    let regions = try inputs.required(1, "rois").requireFloats(named: "rois")
    let count = regions.shape.dimensions.first ?? 0
    guard x.shape.rank == 4, regions.shape.dimensions == [count, 4] else {
      throw OperatorError.mismatched(
        "X and rois have shapes \(x.shape) and \(regions.shape); N×C×height×width and 4 coordinates a row are expected")
    }
    let images = try inputs.integers(2, "batch_indices") ?? []
    guard images.count == count, images.allSatisfy({ $0 >= 0 && $0 < x.shape[0] }) else {
      throw OperatorError.mismatched("batch_indices \(images) do not name one of \(x.shape[0]) images for each region")
    }
    let (channels, rows, columns) = (x.shape[1], x.shape[2], x.shape[3])
    let shape = try Shape([count, channels, height, width])
    let corners = try regions.doubles()
    let grids = try (0..<count).map { region in
      (
        y: try axis(from: corners[4 * region + 1], to: corners[4 * region + 3], bins: height, extent: rows),
        x: try axis(from: corners[4 * region], to: corners[4 * region + 2], bins: width, extent: columns)
      )
    }
    return try withDoubles(of: [x], context) { pointers in
      let y = try Tensor(shape, of: Double.self, allocator: context.allocator) { y in
        guard shape.count > 0 else { return }
        nonisolated(unsafe) let (y, x) = (y, pointers[0])
        context.pool.forEach(count * channels) { plane in
          let (region, channel) = (plane / channels, plane % channels)
          let start = (images[region] * channels + channel) * rows * columns
          for bin in 0..<height * width {
            y[plane * height * width + bin] = pooled(
              grids[region].y.bin(bin / width), grids[region].x.bin(bin % width)
            ) { row, column in x[start + row * columns + column] }
          }
        }
      }
      return [try y.rounded(to: x.elementType, context)]
    }
  }

  private func axis(from first: Double, to last: Double, bins: Int, extent: Int) throws -> RegionAxis {
    let shift = isHalfPixel ? 0.5 : 0
    let start = first * scale - shift
    let size = last * scale - shift - start
    // Without the shift, a region has one pixel at least.
    return try RegionAxis(
      start: start, size: isHalfPixel ? size : max(size, 1), bins: bins, samples: ratio, extent: extent)
  }

  /// The value of a bin that has these samples along the two axes.
  ///
  /// The largest is one of weighted neighbours, not of interpolated samples, as in ONNX's reference implementation.
  private func pooled(
    _ rows: [RegionAxis.Sample?], _ columns: [RegionAxis.Sample?], at value: (Int, Int) -> Double
  ) -> Double {
    var (sum, largest) = (0.0, -Double.infinity)
    for row in rows {
      for column in columns {
        guard let row, let column else {
          largest = largest.maximum(0)
          continue
        }
        for (y, yWeight) in row.neighbours {
          for (x, xWeight) in column.neighbours {
            let term = yWeight * xWeight * value(y, x)
            sum += term
            largest = largest.maximum(term)
          }
        }
      }
    }
    let count = rows.count * columns.count
    return count == 0 ? 0 : takesLargest ? largest : sum / Double(count)
  }
}

/// Where the samples of a region of interest lie along one axis.
private struct RegionAxis: Sendable {
  /// A place between two neighbours.
  struct Sample: Sendable {
    /// Positions and weights; the two may be the same position.
    let neighbours: [(position: Int, weight: Double)]
  }

  private let start: Double
  private let binSize: Double
  private let samples: Int
  private let extent: Int

  /// More samples are refused, since their time would have no bounds.
  private static let mostSamples = 1 << 12

  init(start: Double, size: Double, bins: Int, samples: Int?, extent: Int) throws(OperatorError) {
    self.start = start
    self.extent = extent
    binSize = size / Double(bins)
    let wanted = samples.map { Double($0) } ?? max(binSize.rounded(.up), 0)
    guard start.isFinite, size.isFinite, wanted <= Double(RegionAxis.mostSamples) else {
      throw OperatorError(
        .resourceLimit,
        "a region from \(start) of size \(size) asks for \(wanted) samples; \(RegionAxis.mostSamples) are allowed")
    }
    self.samples = Int(wanted)
  }

  /// The samples of a bin; nil for those that lie more than a pixel outside of the image.
  func bin(_ bin: Int) -> [Sample?] {
    (0..<samples).map { index in
      let place = start + Double(bin) * binSize + (Double(index) + 0.5) * binSize / Double(samples)
      guard place >= -1, place <= Double(extent), extent > 0 else { return nil }
      let inside = min(max(place, 0), Double(extent - 1))
      let low = Int(inside)
      let part = inside - Double(low)
      return Sample(neighbours: [(low, 1 - part), (min(low + 1, extent - 1), part)])
    }
  }
}
