import Kernels
import Tensors

extension Window2D {
  /// The window of two axes; nil where there are not two, or the window has more than `largestArea` elements: the time
  /// that kernels take grows with them, also where they lie in the padding.
  init?(_ axes: [WindowAxis], largestArea: Int) {
    guard axes.count == 2 else { return nil }
    let (rows, columns) = (axes[0], axes[1])
    guard rows.kernel * columns.kernel <= largestArea,
      let window = try? Window2D(
        input: Extent(height: rows.input, width: columns.input),
        kernel: Extent(height: rows.kernel, width: columns.kernel),
        strides: Extent(height: rows.stride, width: columns.stride),
        dilations: Extent(height: rows.dilation, width: columns.dilation),
        pads: Pads(top: rows.begin, left: columns.begin, bottom: rows.end, right: columns.end),
        output: Extent(height: rows.output, width: columns.output))
    else { return nil }
    self = window
  }

  /// Pools a float32 tensor N×C×height×width with the kernels made for it.
  ///
  /// - Precondition: the tensor has elements, and the window is that of its extents.
  func pool(_ x: Tensor, _ pooling: Pooling2D, _ context: EvaluationContext) throws -> Tensor {
    let shape = try Shape([x.shape[0], x.shape[1], output.height, output.width])
    return try Tensor(shape, of: Float.self, allocator: context.allocator) { target in
      x.withElements(of: Float.self) { source in
        pool2D(
          pooling, planes: shape[0] * shape[1], window: self, input: source.baseAddress!,
          output: target.baseAddress!, pool: context.pool)
      }
    }
  }

  /// The gradient of the maxima of a float32 tensor N×C×height×width with the kernel made for it.
  ///
  /// - Precondition: the tensor has elements, and the window is that of its extents.
  func maxPoolGradient(_ gradient: Tensor, of x: Tensor, _ context: EvaluationContext) throws -> Tensor {
    try Tensor(x.shape, of: Float.self, allocator: context.allocator) { target in
      x.withElements(of: Float.self) { source in
        gradient.withElements(of: Float.self) { gradient in
          maxPoolGradient2D(
            planes: x.shape[0] * x.shape[1], window: self, input: source.baseAddress!,
            gradient: gradient.baseAddress!, result: target.baseAddress!, pool: context.pool)
        }
      }
    }
  }
}
