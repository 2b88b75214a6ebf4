internal import CKernels

/// Convolutions of inputs that are zero in most places, as many are behind a ReLU: what would be multiplied with zeros
/// is left out. That changes no sum, since the weights are finite; the sign of a zero may differ.
extension DirectConvolution {
  /// The maps of one image.
  package typealias Image = (input: FeatureMap, residual: FeatureMap?, output: FeatureMap)

  /// Whether zeros may be left out, and so many groups are made of a packed channel that packing it can pay.
  package func canLeaveOut(groups: Range<Int>) -> Bool { canLeaveOut && groups.count > 1 }

  /// Whether leaving zeros out is likely to pay for some rows and groups of an image, by how many there are in a few of
  /// its tiles.
  package func isSparse(_ image: Image, rows outputRows: Range<Int>, groups: Range<Int>) -> Bool {
    guard canLeaveOut(groups: groups), !outputRows.isEmpty else { return false }
    var c = parameters(input: image.input, residual: nil, output: image.output)
    let width = c.output_width
    c.output_width = min(width, kernels.pointee.sparse_pixels)
    let packed = scratch(packedFloats(c, rows: 1))
    var found = 0
    let places = outputRows.count < 8 ? [0.5] : [0.25, 0.5, 0.75]
    for place in places {
      let row = outputRows.lowerBound + Int(place * Double(outputRows.count))
      c.first_column = Int(place * Double(width - c.output_width))
      found += pack(image, c, rows: row..<row + 1, into: packed) / columnFloats - 1
    }
    // In units of what a channel of a tile costs for one group; packing costs as much as somewhat more than one group.
    let (dense, packing, looking) = (Double(groups.count), 1.2, 0.3)
    let share = Double(found) / Double(places.count * inputChannels)
    return share * (dense + packing) + looking < dense
  }

  /// Computes some rows of some groups of some images. Weights are read once for as many images as stay in the cache
  /// when packed.
  ///
  /// - Precondition: each image's input, for which `isSparse` was true, may have any number of zeros.
  package func runSparse(_ images: [Image], rows outputRows: Range<Int>, groups: Range<Int>) {
    guard let first = images.first else { return }
    let c = parameters(input: first.input, residual: nil, output: first.output)
    let rowFloats = packedFloats(c, rows: 1)
    let band = max(1, min(outputRows.count, Self.bandFloats / rowFloats))
    let capacity = max(Self.cachedFloats, band * rowFloats)
    let packed = scratch(capacity)
    var pieces: [Piece] = []
    var end = 0
    for image in images {
      for lower in stride(from: outputRows.lowerBound, to: outputRows.upperBound, by: band) {
        let rows = lower..<min(lower + band, outputRows.upperBound)
        if end + rows.count * rowFloats > capacity {
          multiply(pieces, groups: groups)
          pieces = []
          end = 0
        }
        pieces.append(Piece(image: image, rows: rows, packed: packed + end))
        end += pack(
          image, parameters(input: image.input, residual: nil, output: image.output), rows: rows,
          into: packed + end)
      }
    }
    multiply(pieces, groups: groups)
  }

  /// Packed rows of an image.
  private struct Piece {
    let image: Image
    let rows: Range<Int>
    let packed: UnsafePointer<Float>

    init(image: Image, rows: Range<Int>, packed: UnsafeMutablePointer<Float>) {
      self.image = image
      self.rows = rows
      self.packed = UnsafePointer(packed)
    }
  }

  private func multiply(_ pieces: [Piece], groups: Range<Int>) {
    let depth = inputChannels * instructionSet.lanes
    for firstGroup in stride(from: groups.lowerBound, to: groups.upperBound, by: 2) {
      let blocks = (firstGroup..<min(firstGroup + 2, groups.upperBound)).blocks(of: self)
      let next = (firstGroup + 2..<min(firstGroup + 4, max(groups.upperBound, firstGroup + 2))).blocks(of: self)
      let nextLines = next.count * depth * MemoryLayout<Float>.size / Self.lineBytes
      let nextAddress = UInt(bitPattern: weights.start) + UInt(next.lowerBound * depth * MemoryLayout<Float>.size)
      for (index, piece) in pieces.enumerated() {
        let fetched = nextLines * index / pieces.count..<nextLines * (index + 1) / pieces.count
        let (image, rows) = (piece.image, piece.rows)
        var c = parameters(input: image.input, residual: image.residual, output: image.output)
        kernels.pointee.convolve_sparse(
          &c, piece.packed, image.residual.map { ($0.rows + rows.lowerBound).c },
          (image.output.rows + rows.lowerBound).cMutable, rows.count, blocks.lowerBound, blocks.upperBound,
          nextAddress + UInt(fetched.lowerBound * Self.lineBytes), fetched.count)
      }
    }
  }

  /// - Returns: how many floats were packed.
  private func pack(
    _ image: Image, _ c: ckernels_blocked_convolution, rows outputRows: Range<Int>,
    into packed: UnsafeMutablePointer<Float>
  ) -> Int {
    withUnsafePointer(to: c) { c in
      kernels.pointee.pack_sparse(
        c, (image.input.rows + (outputRows.lowerBound * rows.stride - rows.begin)).c, outputRows.count, packed)
    }
  }

  /// The most floats that packed rows take.
  private func packedFloats(_ c: ckernels_blocked_convolution, rows: Int) -> Int {
    rows * tiles(c) * (inputChannels + 1) * columnFloats
  }

  /// The tiles of a row.
  private func tiles(_ c: ckernels_blocked_convolution) -> Int {
    c.output_width.dividedRoundingUp(by: kernels.pointee.sparse_pixels)
  }

  /// The floats of a packed channel of a tile.
  private var columnFloats: Int { kernels.pointee.sparse_pixels + 1 }

  /// Floats of packed images that share a pass over the weights: a mebibyte, half of a second-level cache.
  private static let cachedFloats = 1 << 18

  /// The most floats of rows that are packed at a time.
  private static let bandFloats = 1 << 17

  private static let lineBytes = 64
}

extension Range<Int> {
  /// The blocks of some groups.
  fileprivate func blocks(of convolution: DirectConvolution) -> Range<Int> {
    let blocks = convolution.outputChannels.dividedRoundingUp(by: convolution.instructionSet.lanes)
    let size = convolution.instructionSet.groupBlocks
    return Swift.min(lowerBound * size, blocks)..<Swift.min(upperBound * size, blocks)
  }
}
