internal import CKernels

/// y = x / (bias + scale · Σ x²)^¾, the sum being over neighbouring channels.
package struct LocalResponse: Sendable {
  private let scale: Float
  private let bias: Float
  private let below: Int
  private let above: Int
  private let instructionSet: InstructionSet

  /// - Parameters:
  ///   - below: how many channels before a channel are summed with it.
  ///   - above: how many channels behind it.
  package init(scale: Float, bias: Float, below: Int, above: Int, instructionSet: InstructionSet = .current) {
    self.scale = scale
    self.bias = bias
    self.below = below
    self.above = above
    self.instructionSet = instructionSet
  }

  /// Computes some rows of one image. The output may be the input.
  package func run(input: FeatureMap, output: FeatureMap, rows: Range<Int>) {
    let kernels = instructionSet.kernels.pointee.blocked!
    var n = ckernels_local_response()
    n.channels = input.layout.channels
    n.blocks = input.layout.blocks
    n.below = below
    n.above = above
    n.scale = scale
    n.bias = bias
    let count = below + above + (n.blocks + 1) * instructionSet.lanes
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { squares in
      for row in rows {
        kernels.pointee.local_response(
          &n, input.rows[row], input.layout.blockStride, output.layout.width, output.rows[row],
          output.layout.blockStride, squares.baseAddress)
      }
    }
  }
}
