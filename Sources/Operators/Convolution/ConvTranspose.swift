import Kernels
import Tensors

/// The transposed convolution of x: N×C×… with w: C×(M / group)×…, plus a bias for each of the M channels: every
/// element of x adds its multiple of the kernel to the output where its window lies.
///
/// - Source: ONNX operator ConvTranspose 1, 11, 22 (the versions differ in defaults and types alone).
struct ConvTranspose: Operator {
  private let node: NodeDescription
  private let groups: Int

  init(_ node: NodeDescription) throws(OperatorError) {
    self.node = node
    groups = try node.convolutionGroups()
    if let kernel = try node.ints("kernel_shape") { _ = try TransposedWindow(node, kernel: kernel) }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "X")
    let w = try inputs.required(1, "W")
    let bias = inputs.optional(2)
    let channels = try ConvolutionChannels(x, w, bias, groups: groups, isTransposed: true)
    let kernel = Array(w.shape.dimensions[2...])
    if let stated = try node.ints("kernel_shape"), stated != kernel {
      throw OperatorError.mismatched("attribute kernel_shape is \(stated); W has shape \(w.shape)")
    }
    let axes = try TransposedWindow(node, kernel: kernel).axes(of: x.shape)
    let shape = try Shape([x.shape[0], channels.output] + axes.map(\.input))
    guard shape.count > 0 else { return [try Tensor(shape, x.elementType) { _ in }] }
    return [
      try x.elementType.visited(
        byFloating: TransposedConvolution(
          x: x, w: w, bias: bias, channels: channels, axes: axes, shape: shape, context: context))
    ]
  }

  func multiplyAccumulates(inputs: [Shape?], outputs: [Shape]) -> Int {
    guard inputs.count > 1, let x = inputs[0], let w = inputs[1], w.rank > 1 else { return 0 }
    return x.count.multipliedClamping(by: w.count(of: 1..<w.rank))
  }
}

private struct TransposedConvolution: FloatingVisitor {
  let x: Tensor
  let w: Tensor
  let bias: Tensor?
  let channels: ConvolutionChannels
  /// Windows over the output, one for each place of the input.
  let axes: [WindowAxis]
  let shape: Shape
  let context: EvaluationContext

  /// For each image and group, the product of the transposed weights and the input holds what each place adds for each
  /// output channel and kernel element; these are then added up, in row-major order of the kernel.
  func visit<Element: FloatingStorage>(_ type: Element.Type) throws -> Tensor {
    let inputPlane = x.shape.count(of: 2..<x.shape.rank)
    let outputPlane = shape.count(of: 2..<shape.rank)
    let kernel = w.shape.count(of: 2..<w.shape.rank)
    let (channels, pool) = (channels, context.pool)
    let rows = channels.outputPerGroup * kernel
    let parts = try Shape([rows, inputPlane])
    return try Tensor(shape, of: type, allocator: context.allocator) { y in
      let runs = WindowRuns(axes)
      for index in 0..<x.shape[0] * channels.groups {
        let (image, group) = index.quotientAndRemainder(dividingBy: channels.groups)
        let product = try Tensor(parts, of: type, allocator: context.allocator) { product in
          MatrixProduct(
            left: .init(w, from: group * channels.inputPerGroup * rows, rowStride: 1, columnStride: rows),
            right: .init(
              x, from: (image * channels.input + group * channels.inputPerGroup) * inputPlane, rowStride: inputPlane),
            rows: rows, columns: inputPlane, depth: channels.inputPerGroup
          ).writeFastest(to: product.baseAddress!, pool)
        }
        product.withElements(of: type) { product in
          withOptionalElements(of: bias) { (bias: UnsafePointer<Element>?) in
            let first = group * channels.outputPerGroup
            nonisolated(unsafe) let (product, bias) = (product.baseAddress!, bias.map { $0 + first })
            nonisolated(unsafe) let y = y.baseAddress! + (image * channels.output + first) * outputPlane
            pool.forEach(channels.outputPerGroup) { channel in
              let to = y + channel * outputPlane
              let from = product + channel * kernel * inputPlane
              withUnsafeTemporaryAllocation(of: Element.Wide.self, capacity: outputPlane) { buffer in
                let sums = buffer.baseAddress!
                sums.initialize(repeating: bias?[channel].wide ?? .zero, count: outputPlane)
                runs.walk { run in
                  let part = from + run.element * inputPlane + run.window
                  for i in 0..<run.count {
                    sums[run.place + i * run.stride] = sums[run.place + i * run.stride].plus(part[i].wide)
                  }
                }
                for i in 0..<outputPlane { to[i] = Element(wide: sums[i]) }
              }
            }
          }
        }
      }
    }
  }
}
