import Kernels
import Tensors

extension Tensor {
  /// The transpose of resampling: every element is added, by the weights that resampling takes, to the elements that it
  /// would be made from.
  ///
  /// - Parameters:
  ///   - shape: of what would be resampled.
  ///   - filter: the weights along an axis; nil leaves the axis as it is. Called only if there are elements.
  /// - Precondition: the elements are float32 or float64.
  func spread(to shape: Shape, _ context: EvaluationContext, filter: (Int) -> AxisFilter?) throws -> Tensor {
    guard count > 0, shape.count > 0 else { return try .zeros(shape, elementType, context) }
    var current = self
    for axis in shape.dimensions.indices {
      guard let filter = filter(axis) else { continue }
      current = try elementType.visited(
        byFloating: SpreadingPass(
          source: current, axis: axis, extent: shape[axis], filter: filter, context: context))
    }
    return current
  }
}

/// One axis' part.
private struct SpreadingPass: FloatingVisitor {
  let source: Tensor
  let axis: Int
  let extent: Int
  let filter: AxisFilter
  let context: EvaluationContext

  /// Every slice is summed by one thread in one order.
  func visit<Work: RealElement>(_ type: Work.Type) throws -> Tensor {
    let (count, taps, extent) = (source.shape[axis], filter.taps, extent)
    let outer = source.shape.count(of: 0..<axis)
    let inner = source.shape.count(of: axis + 1..<source.shape.rank)
    let (positions, weights) = (filter.positions, filter.weights.map { Work($0) })
    return try Tensor(source.shape.replacing(axis, by: extent), of: type, allocator: context.allocator) { target in
      source.withElements(of: type) { source in
        nonisolated(unsafe) let (source, target) = (source.baseAddress!, target.baseAddress!)
        context.pool.forEachChunk(of: outer, size: max(1, (1 << 14) / (count * inner))) { slices in
          for slice in slices {
            let (from, to) = (source + slice * count * inner, target + slice * extent * inner)
            to.initialize(repeating: 0, count: extent * inner)
            for index in 0..<count where positions[index * taps] >= 0 {
              let row = from + index * inner
              for tap in index * taps..<(index + 1) * taps where weights[tap] != 0 {
                let (sum, weight) = (to + positions[tap] * inner, weights[tap])
                for place in 0..<inner { sum[place] += row[place] * weight }
              }
            }
          }
        }
      }
    }
  }
}
