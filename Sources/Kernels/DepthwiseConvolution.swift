internal import CKernels

/// Convolves each output channel with its one input channel.
func convolveDepthwise(
  _ geometry: Convolution2D, _ tensors: ConvolutionTensors, _ filters: FloatStorage, _ instructionSet: InstructionSet,
  _ pool: ThreadPool
) {
  let kernels = Shared(instructionSet.kernels)
  let window = geometry.window.c
  let (inputPlane, outputPlane) = (geometry.window.input.count, geometry.window.output.count)
  let taps = geometry.window.kernel.count
  let multiplier = geometry.outputChannelsPerGroup
  let steps = max(1, outputPlane * min(taps, WorkItem.size))
  pool.forEachChunk(of: geometry.batch * geometry.outputChannels, size: max(1, WorkItem.size / steps)) { planes in
    withUnsafePointer(to: window) { window in
      for plane in planes {
        let channel = plane % geometry.outputChannels
        kernels.value.pointee.depthwise(
          window, tensors.input + plane / multiplier * inputPlane, filters.start + channel * taps,
          tensors.bias?[channel] ?? 0, 0, geometry.window.output.height, tensors.output + plane * outputPlane)
      }
    }
  }
}
