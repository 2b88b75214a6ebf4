internal import CKernels

/// y = clamp(factor · x + offset) with a value for each channel of a channel-blocked feature map.
package struct ChannelScale: @unchecked Sendable {
  package let bounds: ClampBounds
  private let factors: FloatStorage
  private let offsets: FloatStorage
  private let kernels: UnsafePointer<ckernels_blocked>

  package init(factors: [Float], offsets: [Float], bounds: ClampBounds, instructionSet: InstructionSet = .current) {
    self.bounds = bounds
    self.factors = FloatStorage(padding: factors, to: instructionSet.lanes)
    self.offsets = FloatStorage(padding: offsets, to: instructionSet.lanes)
    kernels = UnsafePointer(instructionSet.kernels.pointee.blocked!)
  }

  /// Computes some rows of one image. The output may be the input.
  package func run(input: FeatureMap, output: FeatureMap, rows: Range<Int>) {
    for row in rows {
      kernels.pointee.scale_shift(
        input.rows[row], output.layout.blocks, input.layout.blockStride, output.layout.width, factors.start,
        offsets.start, bounds.low, bounds.high, output.rows[row], output.layout.blockStride)
    }
  }
}

/// y = clamp(a + b).
package struct MapSum: Sendable {
  package let bounds: ClampBounds
  private let instructionSet: InstructionSet

  package init(bounds: ClampBounds, instructionSet: InstructionSet = .current) {
    self.bounds = bounds
    self.instructionSet = instructionSet
  }

  /// Computes some rows of one image. The output may be an input.
  ///
  /// - Parameter columns: the columns to compute; nil for all.
  package func run(
    _ a: FeatureMap, _ b: FeatureMap, output: FeatureMap, rows: Range<Int>, columns: Range<Int>? = nil
  ) {
    let kernels = instructionSet.kernels.pointee.blocked!
    let columns = columns ?? 0..<output.layout.width
    let place = columns.lowerBound * output.layout.lanes
    for row in rows {
      kernels.pointee.add(
        a.rows[row] + place, a.layout.blockStride, b.rows[row] + place, b.layout.blockStride, output.layout.blocks,
        columns.count, bounds.low, bounds.high, output.rows[row] + place, output.layout.blockStride)
    }
  }
}

/// y = a · b, where b is of the extents of a or has one pixel.
package struct MapProduct: Sendable {
  private let instructionSet: InstructionSet

  package init(instructionSet: InstructionSet = .current) { self.instructionSet = instructionSet }

  /// Computes some rows of one image. The output may be `a`.
  package func run(_ a: FeatureMap, _ b: FeatureMap, output: FeatureMap, rows: Range<Int>) {
    let kernels = instructionSet.kernels.pointee.blocked!
    let isPixel = b.layout.height == 1 && b.layout.width == 1
    for row in rows {
      kernels.pointee.multiply(
        a.rows[row], a.layout.blockStride, b.rows[isPixel ? 0 : row], b.layout.blockStride,
        isPixel ? 0 : b.layout.lanes, output.layout.blocks, output.layout.width, output.rows[row],
        output.layout.blockStride)
    }
  }
}

/// g where y lies between the bounds, else 0: the gradient of a clamping that has made y.
package struct MapGate: Sendable {
  package let bounds: ClampBounds
  private let instructionSet: InstructionSet

  package init(bounds: ClampBounds, instructionSet: InstructionSet = .current) {
    self.bounds = bounds
    self.instructionSet = instructionSet
  }

  /// Computes some rows of one image. The output may be `gradient`.
  package func run(gradient: FeatureMap, result: FeatureMap, output: FeatureMap, rows: Range<Int>) {
    let kernels = instructionSet.kernels.pointee.blocked!
    for row in rows {
      kernels.pointee.gate(
        gradient.rows[row], gradient.layout.blockStride, result.rows[row], result.layout.blockStride,
        output.layout.blocks, output.layout.width, bounds.low, bounds.high, output.rows[row],
        output.layout.blockStride)
    }
  }
}

/// The mean of each channel.
package struct ChannelMeans: Sendable {
  private let instructionSet: InstructionSet

  package init(instructionSet: InstructionSet = .current) { self.instructionSet = instructionSet }

  /// Computes the one pixel of some blocks of one image; sums go along rows, from the first on.
  package func run(input: FeatureMap, output: FeatureMap, blocks: Range<Int>) {
    let kernels = instructionSet.kernels.pointee.blocked!
    let lanes = instructionSet.lanes
    let factor = 1 / Float(input.layout.height * input.layout.width)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: blocks.count * lanes) { sums in
      sums.initialize(repeating: 0)
      for row in 0..<input.layout.height {
        kernels.pointee.add_row_sums(
          input.rows[row] + blocks.lowerBound * input.layout.blockStride, blocks.count, input.layout.blockStride,
          input.layout.width, sums.baseAddress)
      }
      for block in 0..<blocks.count {
        let pixel = output.rows[0] + (blocks.lowerBound + block) * output.layout.blockStride
        for lane in 0..<lanes { pixel[lane] = sums[block * lanes + lane] * factor }
      }
    }
  }
}
