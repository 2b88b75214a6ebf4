internal import CKernels

/// A function of each element of a feature map.
public enum Activation: Sendable, Hashable {
  /// x where x ≥ 0, else slope · x, with a finite slope for each channel.
  case slope([Float])
  /// max(0, min(1, alpha · x + beta)).
  case hardSigmoid(alpha: Float, beta: Float)
  /// x · max(0, min(1, alpha · x + beta)).
  case hardSwish(alpha: Float, beta: Float)
  /// 1 / (1 + exp(−x)).
  case sigmoid
  /// x / (1 + exp(−alpha · x)).
  case swish(alpha: Float)

  /// x times what the function makes of x; nil where there is no such function.
  public var gate: Activation? {
    switch self {
    case .hardSigmoid(let alpha, let beta): .hardSwish(alpha: alpha, beta: beta)
    case .sigmoid: .swish(alpha: 1)
    case .slope, .hardSwish, .swish: nil
    }
  }
}

/// An activation of channel-blocked feature maps.
package struct MapActivation: @unchecked Sendable {
  private let parameters: ckernels_activation
  /// What `parameters` points to.
  private let slopes: FloatStorage
  private let kernels: UnsafePointer<ckernels_blocked>

  package init(_ activation: Activation, instructionSet: InstructionSet = .current) {
    kernels = UnsafePointer(instructionSet.kernels.pointee.blocked!)
    var parameters = ckernels_activation()
    var slopes: [Float] = []
    switch activation {
    case .slope(let values):
      parameters.function = CInt(CKERNELS_SLOPE)
      slopes = values
    case .hardSigmoid(let alpha, let beta), .hardSwish(let alpha, let beta):
      parameters.function = CInt(CKERNELS_RAMP)
      (parameters.alpha, parameters.beta) = (alpha, beta)
    case .sigmoid:
      parameters.function = CInt(CKERNELS_LOGISTIC)
      parameters.alpha = -1
    case .swish(let alpha):
      parameters.function = CInt(CKERNELS_LOGISTIC)
      parameters.alpha = -alpha
    }
    switch activation {
    case .hardSwish, .swish: parameters.gates = 1
    case .slope, .hardSigmoid, .sigmoid: parameters.gates = 0
    }
    self.slopes = FloatStorage(padding: slopes, to: instructionSet.lanes)
    parameters.slopes = UnsafePointer(self.slopes.start)
    self.parameters = parameters
  }

  /// Computes some rows of some blocks of one image. The output may be the input.
  package func run(input: FeatureMap, output: FeatureMap, rows: Range<Int>, blocks: Range<Int>) {
    withUnsafePointer(to: parameters) { parameters in
      for row in rows {
        kernels.pointee.activate(
          parameters, input.rows[row], input.layout.blockStride, output.layout.width, output.rows[row],
          output.layout.blockStride, blocks.lowerBound, blocks.upperBound)
      }
    }
  }

  /// Computes some rows of some blocks of one image of a gradient times the activation's derivative. The output may be
  /// the gradient.
  ///
  /// - Parameter argument: what the activation was applied to.
  package func runGradient(
    _ gradient: FeatureMap, argument: FeatureMap, output: FeatureMap, rows: Range<Int>, blocks: Range<Int>
  ) {
    withUnsafePointer(to: parameters) { parameters in
      for row in rows {
        kernels.pointee.activate_gradient(
          parameters, argument.rows[row], argument.layout.blockStride, gradient.rows[row], gradient.layout.blockStride,
          output.layout.width, output.rows[row], output.layout.blockStride, blocks.lowerBound, blocks.upperBound)
      }
    }
  }
}
