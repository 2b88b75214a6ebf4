import Kernels
import Tensors

/// alpha · product + beta · C.
struct GemmSum: NumericVisitor {
  let product: MatrixProduct
  let alpha: Float
  let beta: Float
  /// Broadcasts to `shape`.
  let c: Tensor?
  let shape: Shape
  let context: EvaluationContext

  /// By the vector kernels, which start from C where alpha is 1.
  func floats() throws -> Tensor {
    try Tensor(shape, of: Float.self, allocator: context.allocator) { target in
      guard shape.count > 0 else { return }
      let y = target.baseAddress!
      guard let c else {
        product.write(to: y, start: .zero, context.pool)
        if alpha != 1 { for index in target.indices { y[index] *= alpha } }
        return
      }
      let steps = c.shape.strides(broadcastTo: shape)
      c.withElements(of: Float.self) { c in
        let c = c.baseAddress!
        if alpha != 1 {
          product.write(to: y, start: .zero, context.pool)
          forEachElement(steps) { index, place in y[index] = alpha * y[index] + beta * c[place] }
        } else if beta == 1, steps == [0, 1] {
          product.write(to: y, start: .columnBias(c), context.pool)
        } else if beta == 1, steps == [1, 0] {
          product.write(to: y, start: .rowBias(c), context.pool)
        } else {
          forEachElement(steps) { index, place in y[index] = beta * c[place] }
          product.write(to: y, start: .output, context.pool)
        }
      }
    }
  }

  /// By the definition; with factors other than 1 in double precision.
  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    try Tensor(shape, of: type, allocator: context.allocator) { target in
      guard shape.count > 0 else { return }
      let steps = c?.shape.strides(broadcastTo: shape) ?? [0, 0]
      let (alpha, beta, columns) = (Double(alpha), Double(beta), shape[1])
      withOptionalElements(of: c) { (c: UnsafePointer<Element>?) in
        nonisolated(unsafe) let c = c
        product.write(to: target.baseAddress!, context.pool) { sum, index in
          let term = c.map { $0[index / columns * steps[0] + index % columns * steps[1]] } ?? .zero
          if alpha == 1, beta == 1 { return Element(wide: sum.plus(term.wide)) }
          return Element(converting: alpha * sum.doubleValue + beta * term.doubleValue)
        }
      }
    }
  }

  /// Calls `body` with each element's index and where a tensor of these strides has the one that belongs to it.
  private func forEachElement(_ strides: [Int], _ body: (Int, Int) -> Void) {
    for row in 0..<shape[0] {
      for column in 0..<shape[1] { body(row * shape[1] + column, row * strides[0] + column * strides[1]) }
    }
  }
}
