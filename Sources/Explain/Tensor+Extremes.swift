package import Tensors

extension Tensor {
  /// The least and the greatest of a float32 tensor's elements; zeros where it has none.
  package var extremes: (low: Float, high: Float) {
    withElements(of: Float.self) { ($0.min() ?? 0, $0.max() ?? 0) }
  }
}
