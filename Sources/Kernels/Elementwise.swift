internal import CKernels

/// An operation on each element of a tensor.
public enum UnaryOperation: Sendable, Hashable {
  /// max(x, 0); NaN stays NaN.
  case relu
  /// min(max(x, low), high); NaN stays NaN.
  case clip(low: Float, high: Float)
  /// x where x ≥ 0, else slope · x.
  case leakyRelu(slope: Float)
  /// scale · x + shift, rounded after each of the two steps.
  case scaleShift(scale: Float, shift: Float)
}

/// An operation on each pair of elements of two tensors of one shape.
public enum BinaryOperation: Sendable, Hashable {
  case add, subtract, multiply, divide
}

/// Applies `operation` to `count` contiguous elements. The output may be the input.
public func apply(
  _ operation: UnaryOperation, to input: UnsafePointer<Float>, count: Int, output: UnsafeMutablePointer<Float>,
  pool: ThreadPool, instructionSet: InstructionSet = .current
) {
  let shared = Shared((kernels: instructionSet.kernels.pointee.elementwise!, input: input, output: output))
  pool.forEachChunk(of: count, size: WorkItem.size) { range in
    let (kernels, input, output) = shared.value
    let (x, y) = (input + range.lowerBound, output + range.lowerBound)
    switch operation {
    case .relu: kernels.pointee.relu(x, y, range.count)
    case .clip(let low, let high): kernels.pointee.clip(x, low, high, y, range.count)
    case .leakyRelu(let slope): kernels.pointee.leaky_relu(x, slope, y, range.count)
    case .scaleShift(let scale, let shift): kernels.pointee.scale_shift(x, scale, shift, y, range.count)
    }
  }
}

/// Applies `operation` to `count` contiguous pairs of elements. The output may be one of the inputs.
public func apply(
  _ operation: BinaryOperation, to left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, count: Int,
  output: UnsafeMutablePointer<Float>, pool: ThreadPool, instructionSet: InstructionSet = .current
) {
  let shared = Shared((kernels: instructionSet.kernels.pointee.elementwise!, left: left, right: right, output: output))
  pool.forEachChunk(of: count, size: WorkItem.size) { range in
    let (kernels, left, right, output) = shared.value
    let (a, b, y) = (left + range.lowerBound, right + range.lowerBound, output + range.lowerBound)
    switch operation {
    case .add: kernels.pointee.add(a, b, y, range.count)
    case .subtract: kernels.pointee.subtract(a, b, y, range.count)
    case .multiply: kernels.pointee.multiply(a, b, y, range.count)
    case .divide: kernels.pointee.divide(a, b, y, range.count)
    }
  }
}

/// Multiplies each channel of a row-major [batch, channels, count] tensor by its scale and adds its shift, rounded after
/// each step: batch normalization at inference. The output may be the input.
public func scaleShiftChannels(
  _ input: UnsafePointer<Float>, batch: Int, channels: Int, count: Int, scale: UnsafePointer<Float>,
  shift: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, pool: ThreadPool,
  instructionSet: InstructionSet = .current
) {
  let shared = Shared(
    (kernels: instructionSet.kernels.pointee.elementwise!, input: input, scale: scale, shift: shift, output: output))
  pool.forEachChunk(of: batch * channels, size: max(1, WorkItem.size / max(1, count))) { planes in
    let (kernels, input, scale, shift, output) = shared.value
    for plane in planes {
      let channel = plane % channels
      kernels.pointee.scale_shift(
        input + plane * count, scale[channel], shift[channel], output + plane * count, count)
    }
  }
}
