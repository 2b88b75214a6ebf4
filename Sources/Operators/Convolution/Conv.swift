import Kernels
import Tensors

/// The convolution of x: N×C×… with w: M×(C / group)×…, plus a bias for each of the M channels.
///
/// - Source: ONNX operator Conv 1, 11, 22 (the versions differ in defaults and types alone).
struct Conv: Operator {
  private let node: NodeDescription
  private let groups: Int
  /// nil where the kernel's extents are to be taken from w.
  private let window: PoolingWindow?
  private var packed: PackedConvolutionWeights?

  init(_ node: NodeDescription) throws(OperatorError) {
    self.node = node
    groups = try node.convolutionGroups()
    window = try node.ints("kernel_shape") == nil ? nil : try PoolingWindow(node)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let operands = try ConvolutionOperands(inputs, groups: groups, context)
    let axes = try axes(operands.x.shape, operands.w.shape)
    let shape = try operands.outputShape(axes.map(\.output))
    guard shape.count > 0 else { return [try Tensor(shape, operands.type) { _ in }] }
    let y =
      if operands.x.elementType == .float32, axes.count <= 2 {
        try convolved(operands, axes, shape, context)
      } else {
        try operands.type.visited(
          byFloating: PlainConvolution(operands: operands, axes: axes, shape: shape, context: context))
      }
    return [try y.cast(to: operands.type, context)]
  }

  func prepared(constants: [Tensor?], _ context: EvaluationContext) throws -> any Operator {
    guard constants.count > 1, let w = try constants[1]?.widened(context), w.elementType == .float32,
      w.shape.rank == 3 || w.shape.rank == 4
    else { return self }
    // What cannot be packed is refused with all inputs at hand.
    let kernel = Window2D.Extent(w.shape)
    guard
      let window = try? Window2D(input: kernel, kernel: kernel),
      let geometry = try? Convolution2D(
        batch: 1, groups: groups, inputChannels: w.shape[1] * groups, outputChannels: w.shape[0], window: window)
    else { return self }
    var result = self
    result.packed = w.withElementsOnce(of: Float.self) { PackedConvolutionWeights($0.baseAddress!, for: geometry) }
    return result
  }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    guard inputs.count >= 2, let x = inputs[0], let w = inputs[1], x.isFeatureMap, w.constant?.elementType == .float32,
      w.shape.rank == 4, w.shape.count > 0, w.shape[1].multipliedClamping(by: groups) == x.shape[1],
      w.shape[0] % groups == 0, let axes = try? axes(x.shape, w.shape)
    else { return nil }
    if inputs.count > 2, let bias = inputs[2] {
      guard bias.constant?.elementType == .float32, bias.shape.dimensions == [w.shape[0]] else { return nil }
    }
    return .convolution(rows: axes[0], columns: axes[1], groups: groups)
  }

  func multiplyAccumulates(inputs: [Shape?], outputs: [Shape]) -> Int {
    guard inputs.count > 1, let w = inputs[1], w.rank > 1, let y = outputs.first else { return 0 }
    return y.count.multipliedClamping(by: w.count(of: 1..<w.rank))
  }

  private func axes(_ x: Shape, _ w: Shape) throws(OperatorError) -> [WindowAxis] {
    let kernel = Array(w.dimensions[2...])
    let axes =
      if let window { try window.axes(of: x) } else { try PoolingWindow(node, kernel: kernel).axes(of: x) }
    guard axes.map(\.kernel) == kernel else {
      throw .mismatched("attribute kernel_shape is \(axes.map(\.kernel)); W has shape \(w)")
    }
    return axes
  }

  /// One or two spatial axes by the vector kernels.
  private func convolved(
    _ operands: ConvolutionOperands, _ axes: [WindowAxis], _ shape: Shape, _ context: EvaluationContext
  ) throws -> Tensor {
    let geometry: Convolution2D
    do {
      geometry = try Convolution2D(
        batch: shape[0], groups: groups, inputChannels: operands.channels.input, outputChannels: shape[1],
        window: Window2D(axes))
    } catch { throw OperatorError.mismatched(error.description) }
    let weights = packed ?? operands.w.withElements { PackedConvolutionWeights($0.baseAddress!, for: geometry) }
    return try Tensor(shape, of: Float.self, allocator: context.allocator) { y in
      operands.x.withElements(of: Float.self) { x in
        withOptionalElements(of: operands.bias) { bias in
          convolve(
            geometry, input: x.baseAddress!, weights: weights, bias: bias, output: y.baseAddress!, pool: context.pool)
        }
      }
    }
  }
}

extension Window2D {
  /// The windows along one or two axes.
  fileprivate init(_ axes: [WindowAxis]) throws(GeometryError) {
    let x = axes[axes.count - 1]
    let y =
      axes.count == 2 ? axes[0] : WindowAxis(input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, begin: 0, end: 0)
    try self.init(
      input: Extent(height: y.input, width: x.input), kernel: Extent(height: y.kernel, width: x.kernel),
      strides: Extent(height: y.stride, width: x.stride), dilations: Extent(height: y.dilation, width: x.dilation),
      pads: Pads(top: y.begin, left: x.begin, bottom: y.end, right: x.end),
      output: Extent(height: y.output, width: x.output))
  }
}

extension Window2D.Extent {
  /// The kernel of weights with one or two spatial axes.
  fileprivate init(_ weights: Shape) {
    self.init(height: weights.rank == 4 ? weights[2] : 1, width: weights[weights.rank - 1])
  }
}

extension Conv: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { .convolution(wanted: wanted) }

  /// ∂L/∂x is the transposed convolution of ∂L/∂y with w; ∂L/∂w[m, c, k] = Σ ∂L/∂y[n, m, i] · x[n, c, p] over all images n
  /// and windows i, p being the place of element k of window i; ∂L/∂b[m] = Σ ∂L/∂y[n, m, i].
  ///
  /// - Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", arXiv 1603.07285, section 4.1.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let (gradient, context) = (try call.gradient(), call.context)
    let axes = try axes(call.shape(0), call.shape(1))
    return try call.forEachWanted { index in
      switch index {
      case 0:
        guard gradient.count > 0 else { return try .zeros(call.shape(0), gradient.elementType, context) }
        let operands = try ConvolutionOperands(
          OperatorInputs([gradient, try call.input(1)]), groups: groups, isTransposed: true, context)
        return try gradient.elementType.visited(
          byFloating: TransposedConvolution(operands: operands, axes: axes, shape: call.shape(0), context: context))
      case 1:
        return try gradient.elementType.visited(
          byFloating: KernelGradient(
            windows: gradient, places: call.input(0), axes: axes, groups: groups, shape: call.shape(1),
            context: context))
      default: return try gradient.channelSums(context)
      }
    }
  }
}
