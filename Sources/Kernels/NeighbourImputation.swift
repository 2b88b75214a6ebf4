private import CKernels

/// Fills in missing pixels so that each is the weighted mean of its eight neighbours, known or filled in themselves.
///
/// The weights are 1/6 for neighbours that share an edge and 1/12 for those that share a corner; at the borders they
/// are scaled to a sum of 1.
///
/// - Source: Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", ICML 2022, section
///   4.2.
public struct NeighbourImputation: Sendable {
  private let isMissing: [UInt8]
  private let width: Int
  private let height: Int

  /// The residual's norm, relative to the right-hand side's, at which a plane counts as filled in.
  private static let tolerance = 1e-7

  /// - Precondition: `isMissing` has width × height elements.
  public init(of isMissing: [Bool], width: Int, height: Int) {
    precondition(isMissing.count == width * height)
    self.isMissing = isMissing.map { $0 ? 1 : 0 }
    self.width = width
    self.height = height
  }

  /// The plane with its missing pixels filled in; zeros where all are missing.
  ///
  /// - Precondition: `plane` has as many elements as there are pixels.
  /// - Complexity: for n pixels about O(n^1.5).
  public func fill(_ plane: [Float]) -> [Float] {
    precondition(plane.count == isMissing.count)
    guard isMissing.contains(0) else { return [Float](repeating: 0, count: plane.count) }
    var plane = plane
    var scratch = [Double](repeating: 0, count: ckernels_impute_scratch(width, height))
    ckernels_impute(&plane, isMissing, width, height, Self.tolerance, &scratch)
    return plane
  }
}
