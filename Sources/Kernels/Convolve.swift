internal import CKernels

/// Convolves row-major [batch, channels, height, width] tensors.
///
/// Every output element is its bias plus one chain of multiply-adds over channel, row and column of the window in this
/// order; places outside of the input count as 0. Its bits depend on its own image and the instruction set alone.
///
/// - Parameters:
///   - input: `geometry.inputCount` elements.
///   - weights: packed for the same groups, channels and kernel.
///   - bias: a value for each output channel; nil is 0.
///   - output: `geometry.outputCount` elements, all of which are written; must not overlap the input.
/// - Complexity: outputCount · inputChannels / groups · kernel.count multiply-adds.
public func convolve(
  _ geometry: Convolution2D, input: UnsafePointer<Float>, weights: PackedConvolutionWeights,
  bias: UnsafePointer<Float>?, output: UnsafeMutablePointer<Float>, pool: ThreadPool
) {
  precondition(weights.fits(geometry), "the weights are packed for another convolution")
  let tensors = ConvolutionTensors(input: input, bias: bias, output: output)
  switch weights.form {
  case .matrices(let matrices):
    MatrixConvolution(geometry, tensors, matrices, weights.instructionSet).run(pool)
  case .planes(let filters):
    convolveDepthwise(geometry, tensors, filters, weights.instructionSet, pool)
  }
}

struct ConvolutionTensors: @unchecked Sendable {
  let input: UnsafePointer<Float>
  let bias: UnsafePointer<Float>?
  let output: UnsafeMutablePointer<Float>
}
