internal import CKernels

/// The weights with which the nodes of a coarse grid make up each pixel along one axis: those of a separable resizing.
public struct GridWeights: Sendable {
  /// The grid's extent.
  public let nodes: Int

  /// For each pixel its first node, and the weights of it and its neighbours.
  public let pixels: [(first: Int, weights: [Float])]

  /// - Precondition: all nodes of all pixels lie on the grid.
  public init(nodes: Int, pixels: [(first: Int, weights: [Float])]) {
    precondition(pixels.allSatisfy { $0.first >= 0 && !$0.weights.isEmpty && $0.first + $0.weights.count <= nodes })
    self.nodes = nodes
    self.pixels = pixels
  }
}

/// A first convolution of one image under many masks that are each given on a coarse grid.
///
/// The mask at a pixel is a weighted sum of the few grid nodes around it, and the convolution is linear: what a node
/// contributes to an output pixel is computed once, and each masked image is a sum over the four or so nodes that have a
/// share in a pixel, less than its window has places. Exact but for rounding.
///
/// Each output element is one chain of multiply-adds from its bias on, over rows and columns of nodes.
package struct MaskedConvolution: @unchecked Sendable {
  private let convolution: DirectConvolution
  private let kernels: UnsafePointer<ckernels_blocked>
  private let gridWidth: Int

  /// For each output pixel along an axis the nodes with a share in its window.
  private let rowNodes: [Range<Int>]
  private let firstNodes: [Int]
  /// For each output pixel of a row the nodes of one grid row that the pixels before it take.
  private let nodesBefore: [Int]
  private let nodeCounts: [Int]

  /// For each node along the columns the output pixels that it has a share in; empty where it has none.
  private let outputsOfNode: [Range<Int>]

  /// The basis of each output row: its place in `basis`, and floats from a block to the next.
  private let rowStarts: [Int]
  private let blockStrides: [Int]
  private let basis: FloatStorage

  /// The grid's extent.
  package let nodeCount: Int

  /// - Parameters:
  ///   - convolution: of planar images, not dilated along the columns.
  ///   - image: row-major, inputChannels×height×width, not masked.
  ///   - rows: for each row of the image.
  ///   - columns: for each column.
  ///   - output: the extents of what the convolution gives.
  /// - Returns: nil where the basis would take more work or memory than it saves.
  /// - Complexity: nodes with a share in all output pixels · kernel · channels multiply-adds.
  package init?(
    _ convolution: DirectConvolution, image: UnsafePointer<Float>, rows: GridWeights, columns: GridWeights,
    output: (height: Int, width: Int), pool: ThreadPool
  ) {
    self.convolution = convolution
    let instructionSet = convolution.instructionSet
    kernels = UnsafePointer(instructionSet.kernels.pointee.blocked!)
    gridWidth = columns.nodes
    nodeCount = rows.nodes * columns.nodes
    let rowNodes = (0..<output.height).map { rows.nodes(under: $0, convolution.rows) }
    let columnNodes = (0..<output.width).map { columns.nodes(under: $0, convolution.columns) }
    self.rowNodes = rowNodes
    firstNodes = columnNodes.map(\.lowerBound)
    nodeCounts = columnNodes.map(\.count)
    nodesBefore = columnNodes.reduce(into: [0]) { $0.append($0.last! + $1.count) }
    var outputsOfNode = [Range<Int>](repeating: 0..<0, count: columns.nodes)
    for (x, nodes) in columnNodes.enumerated() {
      for node in nodes {
        let first = outputsOfNode[node].isEmpty ? x : outputsOfNode[node].lowerBound
        outputsOfNode[node] = first..<x + 1
      }
    }
    self.outputsOfNode = outputsOfNode
    let nodesPerGridRow = columnNodes.reduce(0) { $0 + $1.count }
    let taps = convolution.rows.kernel * convolution.inputChannels * convolution.columns.kernel
    let lanes = instructionSet.lanes
    let blocks = convolution.outputChannels.dividedRoundingUp(by: lanes)
    blockStrides = rowNodes.map { $0.count * nodesPerGridRow * lanes }
    var starts: [Int] = []
    var count = 0
    for stride in blockStrides {
      starts.append(count)
      count += stride * blocks
    }
    rowStarts = starts
    let outputs = output.height * output.width * blocks * lanes
    guard convolution.columns.dilation == 1, count <= outputs * taps / 4, count <= Self.largestBasis else { return nil }
    basis = FloatStorage(count: count)

    let source = MaskedWindows(
      convolution: convolution, image: image, rows: rows, columns: columns, columnNodes: columnNodes)
    let shared = Shared((source: source, target: basis.start))
    let (blockStrides, rowStarts) = (blockStrides, rowStarts)
    pool.forEach(output.height) { y in
      let nodes = rowNodes[y].count * nodesPerGridRow
      guard nodes > 0 else { return }
      withUnsafeTemporaryAllocation(of: Float.self, capacity: nodes * taps) { windows in
        shared.value.source.write(row: y, nodes: rowNodes[y], to: windows.baseAddress!)
        convolution.multiply(
          windows: windows.baseAddress!, count: nodes, output: shared.value.target + rowStarts[y],
          blockStride: blockStrides[y])
      }
    }
  }

  /// 256 MB.
  private static let largestBasis = 1 << 26

  /// The columns of each output row that a mask's nodes other than 0 have a share in; the others are as under a mask of
  /// zeros.
  package func activeColumns(coefficients: UnsafePointer<Float>) -> [Range<Int>] {
    let gridRows = (0..<nodeCount / gridWidth).map { row -> Range<Int> in
      var active = 0..<0
      for node in 0..<gridWidth where coefficients[row * gridWidth + node] != 0 {
        active = active.hull(with: outputsOfNode[node])
      }
      return active
    }
    return rowNodes.map { nodes in nodes.reduce(0..<0) { $0.hull(with: gridRows[$1]) } }
  }

  /// Computes some output rows of some images.
  ///
  /// - Parameters:
  ///   - coefficients: for each image the grid's values, row-major.
  ///   - outputs: for each image what the convolution gives.
  ///   - columns: the columns to compute; nil for all.
  package func run(
    coefficients: [UnsafePointer<Float>], outputs: [FeatureMap], rows: Range<Int>, columns: Range<Int>? = nil
  ) {
    guard let layout = outputs.first?.layout else { return }
    let images = outputs.count
    var c = ckernels_basis_row()
    c.blocks = layout.blocks
    c.first_column = columns?.lowerBound ?? 0
    c.end_column = columns?.upperBound ?? layout.width
    c.output_block_stride = layout.blockStride
    c.coefficient_stride = gridWidth
    c.bias = UnsafePointer(convolution.bias.start)
    c.low = convolution.bounds.low
    c.high = convolution.bounds.high
    firstNodes.withUnsafeBufferPointer { firstNodes in
      nodeCounts.withUnsafeBufferPointer { nodeCounts in
        c.first_nodes = firstNodes.baseAddress
        c.node_counts = nodeCounts.baseAddress
        withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: images) { places in
          withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>?.self, capacity: images) { targets in
            for y in rows {
              for image in 0..<images {
                places.initializeElement(at: image, to: coefficients[image] + rowNodes[y].lowerBound * gridWidth)
                targets.initializeElement(at: image, to: outputs[image].rows[y])
              }
              c.node_rows = rowNodes[y].count
              c.basis = UnsafePointer(basis.start + rowStarts[y])
              c.basis_block_stride = blockStrides[y]
              c.first_node = nodesBefore[c.first_column] * rowNodes[y].count
              kernels.pointee.basis_row(&c, places.baseAddress, targets.baseAddress, images)
            }
          }
        }
      }
    }
  }
}

extension Range<Int> {
  /// The smallest range that holds both; an empty one holds nothing.
  package func hull(with other: Range<Int>) -> Range<Int> {
    if other.isEmpty { return self }
    if isEmpty { return other }
    return Swift.min(lowerBound, other.lowerBound)..<Swift.max(upperBound, other.upperBound)
  }
}

/// The windows of an image masked by one node of a grid each.
private struct MaskedWindows {
  let convolution: DirectConvolution
  let image: UnsafePointer<Float>
  let rows: GridWeights
  let columns: GridWeights
  let columnNodes: [Range<Int>]

  /// Writes the windows of an output row: for each output pixel, row of nodes and node its values in the order window
  /// row, channel, window column.
  func write(row y: Int, nodes: Range<Int>, to target: UnsafeMutablePointer<Float>) {
    let (height, width) = (rows.pixels.count, columns.pixels.count)
    let window = (rows: convolution.rows, columns: convolution.columns)
    var next = target
    for x in columnNodes.indices {
      for nodeRow in nodes {
        for node in columnNodes[x] {
          for ky in 0..<window.rows.kernel {
            let row = y * window.rows.stride - window.rows.begin + ky * window.rows.dilation
            let rowWeight = row >= 0 && row < height ? rows.weight(of: nodeRow, at: row) : 0
            guard rowWeight != 0 else {
              next.update(repeating: 0, count: convolution.inputChannels * window.columns.kernel)
              next += convolution.inputChannels * window.columns.kernel
              continue
            }
            for kx in 0..<window.columns.kernel {
              let column = x * window.columns.stride - window.columns.begin + kx
              let isInside = column >= 0 && column < width
              let weight = isInside ? rowWeight * columns.weight(of: node, at: column) : 0
              for channel in 0..<convolution.inputChannels {
                next[channel * window.columns.kernel + kx] =
                  weight == 0 ? 0 : image[(channel * height + row) * width + column] * weight
              }
            }
            next += convolution.inputChannels * window.columns.kernel
          }
        }
      }
    }
  }
}

extension GridWeights {
  /// A node's weight at a pixel.
  @inline(__always)
  fileprivate func weight(of node: Int, at pixel: Int) -> Float {
    let (first, weights) = pixels[pixel]
    let index = node - first
    return index >= 0 && index < weights.count ? weights[index] : 0
  }

  /// The nodes with a share in the pixels under a window.
  fileprivate func nodes(under output: Int, _ window: WindowSteps) -> Range<Int> {
    let start = output * window.stride - window.begin
    var range: Range<Int>?
    for tap in 0..<window.kernel {
      let pixel = start + tap * window.dilation
      guard pixels.indices.contains(pixel) else { continue }
      let own = pixels[pixel].first..<pixels[pixel].first + pixels[pixel].weights.count
      range = range.map { min($0.lowerBound, own.lowerBound)..<max($0.upperBound, own.upperBound) } ?? own
    }
    return range ?? 0..<0
  }
}
