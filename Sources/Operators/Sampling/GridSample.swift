import Kernels
import Tensors

/// Samples of images [N, C, …] at the places of a grid [N, …, r], whose last axis holds the r coordinates of a place,
/// the last spatial axis' first, each −1 … 1.
///
/// - Source: ONNX operator GridSample 16, 20 (any number of axes), 22.
struct GridSample: Operator {
  private let mode: SamplingMode
  private let padding: SamplingPadding
  private let alignsCorners: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    let isOld = node.version < 20
    let name = try node.string("mode") ?? (isOld ? "bilinear" : "linear")
    switch name {
    case "nearest": mode = .nearest
    case isOld ? "bilinear" : "linear": mode = .interpolate(.linear)
    case isOld ? "bicubic" : "cubic": mode = .interpolate(.cubic(a: -0.75))
    default: throw .malformed("mode is '\(name)', which version \(node.version) does not have")
    }
    let paddingName = try node.string("padding_mode") ?? "zeros"
    guard let padding = SamplingPadding(rawValue: paddingName) else {
      throw .malformed("padding_mode is '\(paddingName)'")
    }
    self.padding = padding
    alignsCorners = try node.flag("align_corners")
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let (x, grid) = try (inputs.required(0, "X"), inputs.required(1, "grid"))
    let rank = x.shape.rank - 2
    guard rank >= 1, grid.shape.rank == rank + 2, grid.shape[0] == x.shape[0], grid.shape[rank + 1] == rank else {
      throw OperatorError.mismatched("a grid of shape \(grid.shape) does not fit images of shape \(x.shape)")
    }
    guard rank <= 3 else { throw OperatorError.unsupported("\(rank) spatial axes; up to 3 are implemented") }
    let shape = try Shape(Array(x.shape.dimensions[..<2]) + grid.shape.dimensions[1...rank])
    guard x.count > 0 || shape.count == 0 else {
      throw OperatorError.mismatched("images of shape \(x.shape) have nothing to sample")
    }
    let places = grid.shape.count(of: 1..<rank + 1)
    let axes = (0..<rank).map {
      SamplingAxis(extent: x.shape[2 + $0], alignsCorners: alignsCorners, padding: padding)
    }
    let (images, coordinates) = try (
      x.converted(to: .float64, context), grid.converted(to: .float64, context)
    )
    let y = try Tensor(shape, of: Double.self, allocator: context.allocator) { y in
      guard shape.count > 0 else { return }
      images.withElements(of: Double.self) { images in
        coordinates.withElements(of: Double.self) { coordinates in
          nonisolated(unsafe) let (y, images, coordinates) = (y, images, coordinates)
          let (channels, area) = (x.shape[1], x.shape.count(of: 2..<x.shape.rank))
          context.pool.forEachChunk(of: x.shape[0] * places, size: 256) { samples in
            for sample in samples {
              let (image, place) = (sample / places, sample % places)
              let taps = taps(axes, at: (0..<rank).map { Float(coordinates[(sample + 1) * rank - 1 - $0]) })
              for channel in image * channels..<(image + 1) * channels {
                y[channel * places + place] = taps.reduce(0) { $0 + images[channel * area + $1.offset] * $1.weight }
              }
            }
          }
        }
      }
    }
    return [try y.rounded(to: x.elementType, context)]
  }

  /// The elements of a channel that a sample is made from, and their weights; one that is zero is left out.
  private func taps(_ axes: [SamplingAxis], at coordinates: [Float]) -> [(offset: Int, weight: Double)] {
    var taps: [(offset: Int, weight: Double)] = [(0, 1)]
    for (axis, coordinate) in zip(axes, coordinates) {
      let neighbours = axis.neighbours(of: coordinate, mode).filter { $0.position >= 0 }
      taps = taps.flatMap { tap in
        neighbours.map { (tap.offset * axis.extent + $0.position, tap.weight * $0.weight) }
      }
    }
    return taps
  }
}
