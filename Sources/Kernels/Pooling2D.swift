internal import CKernels

/// What 2-D pooling takes of the elements under the window.
public enum Pooling2D: Sendable, Hashable {
  /// The largest; NaN where one is, −∞ where the window is all outside.
  case maximum
  /// The sum of those inside of the input, divided by their number or, where `countsPads`, by the number of places that
  /// are inside of the padded input.
  case average(countsPads: Bool)
}

/// Pools `planes` planes one by one: [planes, input height, input width] to [planes, output height, output width].
///
/// - Parameters:
///   - input: planes · window.input.count elements, row-major.
///   - output: planes · window.output.count elements, all of which are written; must not overlap the input. The average
///     of no elements is NaN.
public func pool2D(
  _ pooling: Pooling2D, planes: Int, window: Window2D, input: UnsafePointer<Float>,
  output: UnsafeMutablePointer<Float>, pool: ThreadPool, instructionSet: InstructionSet = .current
) {
  let kernels = instructionSet.kernels.pointee.pooling!
  let (inputPlane, outputPlane) = (window.input.count, window.output.count)
  var rowCounts: [Float] = []
  var columnCounts: [Float] = []
  if case .average(let countsPads) = pooling {
    rowCounts = window.placeCounts(
      window.input.height, window.kernel.height, window.strides.height, window.dilations.height, window.pads.top,
      window.pads.bottom, window.output.height, countsPads)
    columnCounts = window.placeCounts(
      window.input.width, window.kernel.width, window.strides.width, window.dilations.width, window.pads.left,
      window.pads.right, window.output.width, countsPads)
  }
  let shared = Shared((kernels: kernels, input: input, output: output, window: window.c))
  let counts = (rows: rowCounts, columns: columnCounts)
  let steps = outputPlane.multipliedClamping(by: window.kernel.count)
  pool.forEachChunk(of: planes, size: max(1, WorkItem.size / max(1, steps))) { planes in
    let (kernels, input, output, window) = shared.value
    withUnsafePointer(to: window) { window in
      for plane in planes {
        let (from, to) = (input + plane * inputPlane, output + plane * outputPlane)
        if case .maximum = pooling {
          kernels.pointee.maximum(window, from, to)
        } else {
          kernels.pointee.average(window, from, counts.rows, counts.columns, to)
        }
      }
    }
  }
}

/// The gradient of the maxima of `planes` planes: that of each window's maximum, added to the first of its largest
/// elements; a NaN counts as larger than all others.
///
/// - Parameters:
///   - input: what was pooled, planes · window.input.count elements, row-major.
///   - gradient: planes · window.output.count elements.
///   - result: of the input's extents; all of its elements are written. Must not overlap the others.
/// - Precondition: a plane of the input has fewer than 2³¹ elements.
public func maxPoolGradient2D(
  planes: Int, window: Window2D, input: UnsafePointer<Float>, gradient: UnsafePointer<Float>,
  result: UnsafeMutablePointer<Float>, pool: ThreadPool, instructionSet: InstructionSet = .current
) {
  let kernels = instructionSet.kernels.pointee.pooling!
  let (inputPlane, outputPlane) = (window.input.count, window.output.count)
  precondition(inputPlane <= Int(Int32.max))
  let shared = Shared((kernels: kernels, input: input, gradient: gradient, result: result, window: window.c))
  let steps = outputPlane.multipliedClamping(by: window.kernel.count)
  pool.forEachChunk(of: planes, size: max(1, WorkItem.size / max(1, steps))) { planes in
    let (kernels, input, gradient, result, window) = shared.value
    withUnsafePointer(to: window) { window in
      for plane in planes {
        kernels.pointee.maximum_gradient(
          window, input + plane * inputPlane, gradient + plane * outputPlane, result + plane * inputPlane)
      }
    }
  }
}

extension Window2D {
  /// For each output position along one axis, how many of the window's places are inside of the input, or of the padded
  /// input.
  fileprivate func placeCounts(
    _ input: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, _ padBefore: Int, _ padAfter: Int, _ output: Int,
    _ countsPads: Bool
  ) -> [Float] {
    let (low, high) = countsPads ? (-padBefore, input + padAfter) : (0, input)
    return (0..<output).map { position in
      let start = position * stride - padBefore
      let first = start >= low ? 0 : (low - start).dividedRoundingUp(by: dilation)
      let end = start >= high ? 0 : min(kernel, (high - 1 - start) / dilation + 1)
      return Float(max(0, end - first))
    }
  }
}

extension Int {
  /// The product, or the largest integer where it overflows.
  func multipliedClamping(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
