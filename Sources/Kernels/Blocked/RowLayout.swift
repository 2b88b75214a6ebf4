/// How the rows of a feature map lie in memory: channels in blocks, one block of the whole row after the other, pixels
/// in a block, and each pixel's channels of the block side by side.
///
/// A row of a planar map has blocks of one channel: it is a row of a row-major tensor with margins.
package struct RowLayout: Sendable, Hashable {
  package let channels: Int
  package let height: Int
  package let width: Int

  /// The channels of a block.
  package let lanes: Int

  /// Pixels of zeros left and right of each row's.
  package var left = 0
  package var right = 0

  package init(channels: Int, height: Int, width: Int, lanes: Int) {
    self.channels = channels
    self.height = height
    self.width = width
    self.lanes = lanes
  }

  /// Blocks that hold all channels; lanes behind the last channel hold nothing of use.
  package var blocks: Int { channels.dividedRoundingUp(by: lanes) }

  /// Floats from one block of a row to the next.
  package var blockStride: Int { (left + width + right) * lanes }

  /// The floats of a row.
  package var rowCount: Int { blocks * blockStride }
}

/// The places of pixel 0 of block 0 of a map's rows: of row 0 at index 0, with as many rows of zeros before it and
/// behind the last as the map's readers reach over the edges.
package typealias RowTable = UnsafePointer<UnsafeMutablePointer<Float>>

extension RowTable {
  /// The table as C reads it.
  var c: UnsafePointer<UnsafePointer<Float>?> {
    UnsafeRawPointer(self).assumingMemoryBound(to: UnsafePointer<Float>?.self)
  }

  /// The table as C writes it.
  var cMutable: UnsafePointer<UnsafeMutablePointer<Float>?> {
    UnsafeRawPointer(self).assumingMemoryBound(to: UnsafeMutablePointer<Float>?.self)
  }
}

/// A feature map of one image, to read or to write.
package struct FeatureMap {
  package let rows: RowTable
  package let layout: RowLayout

  package init(rows: RowTable, layout: RowLayout) {
    self.rows = rows
    self.layout = layout
  }
}

/// min(max(x, low), high); NaN stays NaN.
package struct ClampBounds: Sendable, Hashable {
  package var low: Float
  package var high: Float

  package init(low: Float = -.infinity, high: Float = .infinity) {
    self.low = low
    self.high = high
  }

  /// Changes nothing.
  package static let none = ClampBounds()
}

extension InstructionSet {
  /// The channels of a block in the channel-blocked layout.
  package var lanes: Int { kernels.pointee.blocked.pointee.lanes }

  /// The output blocks that share a group of weights.
  package var groupBlocks: Int { kernels.pointee.blocked.pointee.group_blocks }
}
