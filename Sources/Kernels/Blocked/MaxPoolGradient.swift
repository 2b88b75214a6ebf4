internal import CKernels

/// The gradient of a pooling for the largest elements with respect to its channel-blocked input: each window hands its
/// own to the first of its largest elements.
package struct MaxPoolGradient: Sendable {
  package let rows: WindowSteps
  package let columns: WindowSteps
  private let instructionSet: InstructionSet

  package init(rows: WindowSteps, columns: WindowSteps, instructionSet: InstructionSet = .current) {
    self.rows = rows
    self.columns = columns
    self.instructionSet = instructionSet
  }

  /// Computes some rows of some blocks of one image.
  ///
  /// - Parameters:
  ///   - input: what was pooled.
  ///   - gradient: of the windows.
  ///   - output: the input's gradient, of the input's extents.
  package func run(
    input: FeatureMap, gradient: FeatureMap, output: FeatureMap, rows outputRows: Range<Int>, blocks: Range<Int>
  ) {
    let kernels = instructionSet.kernels.pointee.blocked!
    var c = ckernels_blocked_pooling()
    c.blocks = blocks.count
    c.input_block_stride = input.layout.blockStride
    c.output_block_stride = gradient.layout.blockStride
    c.input_width = input.layout.width
    c.end_column = gradient.layout.width
    c.kernel_width = columns.kernel
    c.stride_x = columns.stride
    c.dilation_x = columns.dilation
    c.pad_left = columns.begin
    for row in outputRows {
      for block in blocks {
        (output.rows[row] + block * output.layout.blockStride)
          .update(repeating: 0, count: output.layout.width * output.layout.lanes)
      }
    }
    let windows = rows.outputs(covering: outputRows).clamped(to: 0..<gradient.layout.height)
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: rows.kernel) { window in
      withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>?.self, capacity: rows.kernel) { target in
        for y in windows {
          var count = 0
          for tap in 0..<rows.kernel {
            let row = y * rows.stride - rows.begin + tap * rows.dilation
            guard row >= 0, row < input.layout.height else { continue }
            window.initializeElement(
              at: count, to: UnsafePointer(input.rows[row] + blocks.lowerBound * input.layout.blockStride))
            target.initializeElement(
              at: count,
              to: outputRows.contains(row) ? output.rows[row] + blocks.lowerBound * output.layout.blockStride : nil)
            count += 1
          }
          kernels.pointee.max_pool_gradient(
            &c, window.baseAddress, count, gradient.rows[y] + blocks.lowerBound * gradient.layout.blockStride,
            target.baseAddress, output.layout.blockStride)
        }
      }
    }
  }
}
