/// A convolution in which each group of output channels reads a group of input channels, of channel-blocked maps:
/// y = clamp(bias + Σ weight · x).
///
/// Blocks of output channels that read the same groups are a direct convolution of their own. It reads the blocks that
/// these groups lie in; where groups do not fill blocks, channels of others are multiplied with 0, so that what is not
/// finite in them spreads.
package struct GroupedConvolution: Sendable {
  package let rows: WindowSteps
  private let parts: [Part]

  private struct Part: Sendable {
    let convolution: DirectConvolution
    let firstInputBlock: Int
    let outputBlocks: Range<Int>
  }

  /// - Parameters:
  ///   - weights: row-major [outputs, inputChannels / groups, rows.kernel, columns.kernel].
  ///   - factors: what each output channel's weights are multiplied with first; nil leaves them as they are.
  ///   - bias: a value for each output channel.
  ///   - groups: divides the channels on both sides.
  ///   - inputChannels: of all groups.
  package init(
    weights: UnsafePointer<Float>, factors: [Double]? = nil, bias: [Float], groups: Int, inputChannels: Int,
    rows: WindowSteps, columns: WindowSteps, bounds: ClampBounds, pool: ThreadPool,
    instructionSet: InstructionSet = .current
  ) {
    self.rows = rows
    let lanes = instructionSet.lanes
    let taps = rows.kernel * columns.kernel
    let outputs = bias.count
    let (inputWidth, outputWidth) = (inputChannels / groups, outputs / groups)
    func groupsRead(by block: Int) -> Range<Int> {
      block * lanes / outputWidth..<(min((block + 1) * lanes, outputs) - 1) / outputWidth + 1
    }
    var parts: [Part] = []
    var block = 0
    let blocks = outputs.dividedRoundingUp(by: lanes)
    while block < blocks {
      let read = groupsRead(by: block)
      var end = block + 1
      while end < blocks, groupsRead(by: end) == read { end += 1 }
      let firstInput = read.lowerBound * inputWidth / lanes * lanes
      let inputs = read.upperBound * inputWidth - firstInput
      let channels = block * lanes..<min(end * lanes, outputs)
      var filters = [Float](repeating: 0, count: channels.count * inputs * taps)
      for (row, channel) in channels.enumerated() {
        let first = channel / outputWidth * inputWidth - firstInput
        filters.withUnsafeMutableBufferPointer { filters in
          (filters.baseAddress! + (row * inputs + first) * taps).update(
            from: weights + channel * inputWidth * taps, count: inputWidth * taps)
        }
      }
      let convolution = DirectConvolution(
        weights: filters, factors: factors.map { Array($0[channels]) }, bias: Array(bias[channels]),
        inputChannels: inputs, rows: rows, columns: columns, bounds: bounds, isPlanar: false, pool: pool,
        instructionSet: instructionSet)
      parts.append(Part(convolution: convolution, firstInputBlock: firstInput / lanes, outputBlocks: block..<end))
      block = end
    }
    self.parts = parts
  }

  /// Independent parts of the output channels.
  package var partCount: Int { parts.count }

  /// The floats of the weights, zeros among them.
  package var weightCount: Int {
    parts.reduce(0) {
      let (rows, columns) = ($1.convolution.rows.kernel, $1.convolution.columns.kernel)
      return $0 + $1.convolution.inputChannels * $1.convolution.outputChannels * rows * columns
    }
  }

  /// The blocks of the output that some parts make.
  package func outputBlocks(of range: Range<Int>) -> Range<Int> {
    parts[range.lowerBound].outputBlocks.lowerBound..<parts[range.upperBound - 1].outputBlocks.upperBound
  }

  /// Computes some rows of some parts of one image.
  package func run(input: FeatureMap, output: FeatureMap, rows: Range<Int>, parts range: Range<Int>) {
    for part in parts[range] {
      part.convolution.run(
        input: input, residual: nil, output: output, rows: rows, groups: 0..<part.convolution.groupCount,
        firstInputBlock: part.firstInputBlock, firstOutputBlock: part.outputBlocks.lowerBound)
    }
  }
}
