import Kernels
import Tensors

/// A widened tensor whose axes have distinct labels.
struct LabeledTensor {
  let labels: [Int]
  let tensor: Tensor

  private init(labels: [Int], tensor: Tensor) {
    self.labels = labels
    self.tensor = tensor
  }

  /// A label that stands twice takes the diagonal; an extent of 1 is repeated to that of its label.
  init(_ tensor: Tensor, labels: [Int], extents: LabelExtents, _ context: EvaluationContext) throws {
    let strides = tensor.shape.strides
    var distinct: [Int] = []
    var steps: [Int: Int] = [:]
    for (axis, label) in labels.enumerated() {
      if steps[label] == nil { distinct.append(label) }
      steps[label, default: 0] += tensor.shape[axis] == 1 ? 0 : strides[axis]
    }
    self.labels = distinct
    let shape = try Shape(distinct.map { extents[$0] })
    let view = StridedView(dimensions: shape.dimensions, strides: distinct.map { steps[$0]! })
    self.tensor = shape == tensor.shape && distinct == labels ? tensor : try tensor.copied(view, to: shape, context)
  }

  /// The elements with the axes in another order, and axes of further labels, along which they are repeated.
  func arranged(_ order: [Int], extents: LabelExtents, _ context: EvaluationContext) throws -> Tensor {
    if order == labels { return tensor }
    let strides = tensor.shape.strides
    let steps = order.map { label in labels.firstIndex(of: label).map { strides[$0] } ?? 0 }
    let shape = try Shape(order.map { extents[$0] })
    return try tensor.copied(StridedView(dimensions: shape.dimensions, strides: steps), to: shape, context)
  }

  /// The sums along all axes whose labels are not kept.
  func summed(keeping kept: Set<Int>, _ context: EvaluationContext) throws -> LabeledTensor {
    let axes = labels.indices.filter { !kept.contains(labels[$0]) }
    guard !axes.isEmpty else { return self }
    return LabeledTensor(
      labels: labels.filter { kept.contains($0) }, tensor: try tensor.sum(along: axes, context))
  }

  /// The products of this and another tensor's elements, summed over the labels that both have and nothing else needs.
  func contracted(
    with other: LabeledTensor, keeping kept: Set<Int>, extents: LabelExtents, _ context: EvaluationContext
  ) throws -> LabeledTensor {
    let left = try summed(keeping: kept.union(other.labels), context)
    let right = try other.summed(keeping: kept.union(labels), context)
    let common = Set(left.labels).intersection(right.labels)
    let batch = left.labels.filter { common.contains($0) && kept.contains($0) }
    let reduced = left.labels.filter { common.contains($0) && !kept.contains($0) }
    let leftOnly = left.labels.filter { !common.contains($0) }
    let rightOnly = right.labels.filter { !common.contains($0) }
    let product = ContractionVisitor(
      left: try left.arranged(batch + leftOnly + reduced, extents: extents, context),
      right: try right.arranged(batch + rightOnly + reduced, extents: extents, context),
      shape: try Shape((batch + leftOnly + rightOnly).map { extents[$0] }),
      rows: try Shape(leftOnly.map { extents[$0] }).count, columns: try Shape(rightOnly.map { extents[$0] }).count,
      depth: try Shape(reduced.map { extents[$0] }).count, context: context)
    return LabeledTensor(
      labels: batch + leftOnly + rightOnly, tensor: try tensor.elementType.visited(by: product))
  }
}

/// A batch of matrix products A·Bᵀ: both hold the summed index last.
private struct ContractionVisitor: NumericVisitor {
  let left: Tensor
  let right: Tensor
  let shape: Shape
  let rows: Int
  let columns: Int
  let depth: Int
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    try Tensor(shape, of: type, allocator: context.allocator) { result in
      guard shape.count > 0 else { return }
      left.withElements(of: type) { left in
        right.withElements(of: type) { right in
          nonisolated(unsafe) let result = result
          nonisolated(unsafe) let (left, right) = (left, right)
          let rowCount = shape.count / columns
          let rowsPerChunk = max(1, (1 << 14) / columns / max(depth, 1))
          context.pool.forEachChunk(of: rowCount, size: rowsPerChunk) { chunk in
            for row in chunk {
              for column in 0..<columns {
                let sum =
                  depth == 0
                  ? Element.Wide(converting: 0)
                  : dotProduct(
                    left.baseAddress! + row * depth, right.baseAddress! + (row / rows * columns + column) * depth,
                    count: depth)
                result[row * columns + column] = type.init(wide: sum)
              }
            }
          }
        }
      }
    }
  }
}
