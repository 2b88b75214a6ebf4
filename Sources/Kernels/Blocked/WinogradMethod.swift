/// A 3×3 convolution by a method of Winograd's, in tiles of 4 × 4 outputs.
///
/// Each output element depends on its own tile and the instruction set alone, whatever tiles run together and whenever
/// the filters are transformed. Transformed filters take four times the memory: for few tiles it is faster to transform
/// them part by part in the cache than to read them from memory, for many it is not.
package protocol WinogradMethod: Sendable {
  var inputChannels: Int { get }
  var outputChannels: Int { get }

  /// How far window 0 reaches over the first row and the first pixel of a row.
  var padTop: Int { get }
  var padLeft: Int { get }

  /// Of rows and columns.
  static var stride: Int { get }

  /// Independent parts of the output channels.
  var groupCount: Int { get }

  /// Transforms all filters for good, which pays for many tiles. Does nothing the second time.
  func keepTransformedFilters(pool: ThreadPool)

  /// Computes rows of tiles of one or several images of one layout together, so that they share a pass over the
  /// weights.
  func run(_ parts: [WinogradTileRows], groups: Range<Int>)

  /// The products for each pair of channels along one side of a map of `extent` outputs.
  static func products(along extent: Int) -> Int
}

extension WinogradMethod {
  /// The rows and columns of a tile's output.
  package static var tile: Int { WinogradTileOrder.tile }

  package var stride: Int { Self.stride }
}

/// Some rows of tiles of one image.
package struct WinogradTileRows {
  package let input: FeatureMap
  package let residual: FeatureMap?
  package let output: FeatureMap
  package let tileRows: Range<Int>
  /// The tiles of each row to compute; nil for all.
  package let tileColumns: Range<Int>?

  package init(
    input: FeatureMap, residual: FeatureMap?, output: FeatureMap, tileRows: Range<Int>, tileColumns: Range<Int>? = nil
  ) {
    self.input = input
    self.residual = residual
    self.output = output
    self.tileRows = tileRows
    self.tileColumns = tileColumns
  }
}
