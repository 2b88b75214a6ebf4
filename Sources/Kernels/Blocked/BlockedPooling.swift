internal import CKernels

/// Pooling of channel-blocked feature maps. Places outside of the input are left out.
package struct BlockedPooling: Sendable {
  package enum Kind: Sendable {
    case maximum
    /// The sum under the window, times a factor for the output's row and one for its column.
    case average(rowFactors: [Float], columnFactors: [Float])
  }

  package let kind: Kind
  package let rows: WindowSteps
  package let columns: WindowSteps
  private let instructionSet: InstructionSet

  package init(
    _ kind: Kind, rows: WindowSteps, columns: WindowSteps, instructionSet: InstructionSet = .current
  ) {
    self.kind = kind
    self.rows = rows
    self.columns = columns
    self.instructionSet = instructionSet
  }

  /// Computes some rows of some blocks of one image.
  ///
  /// - Parameter columns: the output's columns to compute; nil for all.
  package func run(
    input: FeatureMap, output: FeatureMap, rows outputRows: Range<Int>, columns outputColumns: Range<Int>? = nil,
    blocks: Range<Int>
  ) {
    let kernels = instructionSet.kernels.pointee.blocked!
    var c = ckernels_blocked_pooling()
    c.blocks = blocks.count
    c.input_block_stride = input.layout.blockStride
    c.output_block_stride = output.layout.blockStride
    c.row_step = 1
    c.input_width = input.layout.width
    c.first_column = outputColumns?.lowerBound ?? 0
    c.end_column = outputColumns?.upperBound ?? output.layout.width
    c.kernel_width = columns.kernel
    c.stride_x = columns.stride
    c.dilation_x = columns.dilation
    c.pad_left = columns.begin
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: rows.kernel) { window in
      for y in outputRows {
        var count = 0
        for tap in 0..<rows.kernel {
          let row = y * rows.stride - rows.begin + tap * rows.dilation
          guard row >= 0, row < input.layout.height else { continue }
          window.initializeElement(
            at: count, to: UnsafePointer(input.rows[row] + blocks.lowerBound * input.layout.blockStride))
          count += 1
        }
        let target = output.rows[y] + blocks.lowerBound * output.layout.blockStride
        switch kind {
        case .maximum:
          kernels.pointee.max_pool(&c, window.baseAddress, count, target)
        case .average(let rowFactors, let columnFactors):
          kernels.pointee.average_pool(&c, window.baseAddress, count, rowFactors[y], columnFactors, target)
        }
      }
    }
  }
}
