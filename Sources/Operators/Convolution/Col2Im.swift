import Kernels
import Tensors

/// Puts blocks back where they stood in an image; where they overlap, the elements are added. The input is N×(C · block
/// elements)×blocks, the result N×C×image_shape.
///
/// - Source: ONNX operator Col2Im 18.
struct Col2Im: Operator {
  private let node: NodeDescription

  init(_ node: NodeDescription) { self.node = node }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input")
    guard let image = try inputs.integers(1, "image_shape"), let block = try inputs.integers(2, "block_shape"),
      image.count == block.count, x.shape.rank == 3
    else {
      throw OperatorError.mismatched(
        "the input has shape \(x.shape); 3 axes, and as many extents in image_shape as in block_shape are expected")
    }
    let size = try Shape(block).count
    guard size > 0, x.shape[1] % size == 0 else {
      throw OperatorError.mismatched("\(x.shape[1]) rows of the input do not split into blocks of \(block)")
    }
    let shape = try Shape([x.shape[0], x.shape[1] / size] + image)
    let axes = try PoolingWindow(node, kernel: block).axes(of: shape)
    guard try Shape(axes.map(\.output)).count == x.shape[2] else {
      throw OperatorError.mismatched(
        "the input has \(x.shape[2]) blocks; \(axes.map(\.output)) fit into an image of \(image)")
    }
    let visitor = Col2ImVisitor(x: try x.widened(context), shape: shape, axes: axes, context: context)
    return [try x.elementType.visited(by: visitor).cast(to: x.elementType, context)]
  }
}

private struct Col2ImVisitor: NumericVisitor {
  let x: Tensor
  let shape: Shape
  let axes: [WindowAxis]
  let context: EvaluationContext

  func visit<Element: NumericElement>(_ type: Element.Type) throws -> Tensor {
    let (area, blocks) = (shape.count(of: 2..<shape.rank), x.shape[2])
    return try Tensor(shape, of: type, allocator: context.allocator) { image in
      guard shape.count > 0 else { return }
      image.initialize(repeating: .zero)
      let runs = WindowRuns(axes)
      let kernel = axes.reduce(1) { $0 * $1.kernel }
      x.withElements(of: type) { x in
        nonisolated(unsafe) let (x, image) = (x, image)
        context.pool.forEach(shape[0] * shape[1]) { plane in
          runs.walk { run in
            let from = (plane * kernel + run.element) * blocks + run.window
            for index in 0..<run.count {
              let place = plane * area + run.place + index * run.stride
              image[place] = image[place].plus(x[from + index])
            }
          }
        }
      }
    }
  }
}
