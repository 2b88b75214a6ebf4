internal import CKernels

/// A matrix's elements in memory, any way round: element (r, c) is `elements[r · rowStride + c · columnStride]`.
public struct MatrixView {
  public let elements: UnsafePointer<Float>
  public let rowStride: Int
  public let columnStride: Int

  public init(_ elements: UnsafePointer<Float>, rowStride: Int, columnStride: Int = 1) {
    self.elements = elements
    self.rowStride = rowStride
    self.columnStride = columnStride
  }

  /// The transposed matrix.
  public var transposed: MatrixView { MatrixView(elements, rowStride: columnStride, columnStride: rowStride) }
}

/// A constant operand of matrix products, laid out once in the order in which the kernels read it.
///
/// The left operand is cut into panels of rows, the right one into panels of columns, as wide as the instruction set's
/// tile; missing rows or columns of the last panel are 0.
public struct PackedMatrix: Sendable {
  /// Where the matrix stands in products.
  public enum Side: Sendable, Hashable {
    case left, right
  }

  public let side: Side
  public let rows: Int
  public let columns: Int
  public let instructionSet: InstructionSet
  let storage: FloatStorage

  /// How many rows, or columns, a panel has.
  private let panel: Int

  /// Packs `rows` × `columns` elements.
  ///
  /// - Precondition: the rounded size can be addressed, as that of a matrix in memory can.
  public init(
    _ view: MatrixView, rows: Int, columns: Int, side: Side, instructionSet: InstructionSet = .current
  ) {
    self.init(rows: rows, columns: columns, side: side, instructionSet)
    let source = side == .left ? view : view.transposed
    ckernels_pack_panels(
      source.elements, source.rowStride, source.columnStride, extent, depth, panel, storage.start, panel * depth)
  }

  /// Packs a matrix that comes in pieces of whole rows, or of whole columns where it is stored column by column.
  ///
  /// - Parameter pieces: gives the matrix to `pack`, each row or column once: which ones, and their elements one row or
  ///   column behind the other. Each piece begins at a multiple of `unit`.
  public init(
    rows: Int, columns: Int, isTransposed: Bool, side: Side, instructionSet: InstructionSet = .current,
    pieces: (_ unit: Int, _ pack: (_ lines: Range<Int>, _ elements: UnsafePointer<Float>) -> Void) -> Void
  ) {
    self.init(rows: rows, columns: columns, side: side, instructionSet)
    let (extent, depth, panel, storage) = (extent, depth, panel, storage)
    let cutsPanels = (side == .left) == isTransposed
    pieces(cutsPanels ? 1 : panel) { lines, elements in
      if cutsPanels {
        ckernels_pack_panels(
          elements, 1, extent, extent, lines.count, panel, storage.start + lines.lowerBound * panel, panel * depth)
      } else {
        ckernels_pack_panels(
          elements, depth, 1, lines.count, depth, panel, storage.start + lines.lowerBound * depth, panel * depth)
      }
    }
  }

  /// A matrix whose elements are still to be packed.
  private init(rows: Int, columns: Int, side: Side, _ instructionSet: InstructionSet) {
    self.side = side
    self.rows = rows
    self.columns = columns
    self.instructionSet = instructionSet
    let gemm = instructionSet.kernels.pointee.gemm!
    panel = side == .left ? gemm.pointee.tile_rows : gemm.pointee.tile_columns
    let (extent, depth) = side == .left ? (rows, columns) : (columns, rows)
    storage = FloatStorage(count: extent.roundedUp(to: panel) * depth)
  }

  /// The extent that products sum over.
  var depth: Int { side == .left ? columns : rows }

  /// The extent that a product takes from this operand.
  var extent: Int { side == .left ? rows : columns }
}

extension Int {
  /// The smallest multiple of `unit` that is not below.
  func roundedUp(to unit: Int) -> Int { dividedRoundingUp(by: unit) * unit }

  /// The quotient, rounded up.
  func dividedRoundingUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}
