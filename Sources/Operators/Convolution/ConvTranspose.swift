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
    let operands = try ConvolutionOperands(inputs, groups: groups, isTransposed: true, context)
    if let stated = try node.ints("kernel_shape"), stated != operands.kernel {
      throw OperatorError.mismatched("attribute kernel_shape is \(stated); W has shape \(operands.w.shape)")
    }
    let axes = try TransposedWindow(node, kernel: operands.kernel).axes(of: operands.x.shape)
    let shape = try operands.outputShape(axes.map(\.input))
    guard shape.count > 0 else { return [try Tensor(shape, operands.type) { _ in }] }
    let convolution = TransposedConvolution(operands: operands, axes: axes, shape: shape, context: context)
    return [try operands.type.visited(byFloating: convolution).cast(to: operands.type, context)]
  }

  func multiplyAccumulates(inputs: [Shape?], outputs: [Shape]) -> Int {
    guard inputs.count > 1, let x = inputs[0], let w = inputs[1], w.rank > 1 else { return 0 }
    return x.count.multipliedClamping(by: w.count(of: 1..<w.rank))
  }
}

/// A transposed convolution, for any number of spatial axes and any floating-point type.
struct TransposedConvolution: FloatingVisitor {
  let operands: ConvolutionOperands
  /// Windows over the output, one for each place of the input.
  let axes: [WindowAxis]
  let shape: Shape
  let context: EvaluationContext

  /// For each image and group, the product of the transposed weights and the input holds what each place adds for each
  /// output channel and kernel element; these are then added up, in row-major order of the kernel.
  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let (x, w, channels, pool) = (operands.x, operands.w, operands.channels, context.pool)
    let (inputPlane, kernel) = (operands.inputPlane, operands.kernelCount)
    let outputPlane = shape.count(of: 2..<shape.rank)
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
          withOptionalElements(of: operands.bias) { (bias: UnsafePointer<Element>?) in
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

extension ConvTranspose: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { .convolution(wanted: wanted) }

  /// ∂L/∂x is the convolution of ∂L/∂y with w; ∂L/∂w[c, m, k] = Σ x[n, c, i] · ∂L/∂y[n, m, p] over all images n and places i
  /// of x, p being the place of element k of window i; ∂L/∂b[m] = Σ ∂L/∂y[n, m, p].
  ///
  /// - Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", arXiv 1603.07285, section 4.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (gradient, context) = (try call.gradient(), call.context)
    let kernel = Array(try call.shape(1).dimensions[2...])
    let axes = try TransposedWindow(node, kernel: kernel).axes(of: call.shape(0))
    return try call.forEachWanted { index in
      switch index {
      case 0:
        guard gradient.count > 0 else { return try .zeros(call.shape(0), gradient.elementType, context) }
        let operands = try ConvolutionOperands(
          OperatorInputs([gradient, try call.input(1)]), groups: groups, context)
        return try gradient.elementType.visited(
          byFloating: PlainConvolution(operands: operands, axes: axes, shape: call.shape(0), context: context))
      case 1:
        return try gradient.elementType.visited(
          byFloating: KernelGradient(
            windows: call.input(0), places: gradient, axes: axes, groups: groups, shape: call.shape(1),
            context: context))
      default: return try gradient.channelSums(context)
      }
    }
  }
}
