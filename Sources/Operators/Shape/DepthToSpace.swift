import Tensors

/// Channels moved into blocks of height and width: [N, C, H, W] becomes [N, C / b², H·b, W·b].
///
/// In the mode `DCR` the place inside of a block is the outer part of a channel's number, in the mode `CRD` the inner.
///
/// - Source: ONNX operator DepthToSpace 1, 11 (mode), 13, 28.
struct DepthToSpace: Operator {
  private let block: Int
  private let blockIsInner: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    block = try node.blockSize()
    blockIsInner = try node.blockIsInner(modeFrom: 11)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input")
    let shape = try x.shape.requireRank4()
    let (n, c, h, w) = (shape[0], shape[1], shape[2], shape[3])
    guard c % (block * block) == 0 else {
      throw OperatorError.mismatched("\(c) channels are not a multiple of the block \(block)×\(block)")
    }
    let depth = c / (block * block)
    let split = try Shape(blockIsInner ? [n, depth, block, block, h, w] : [n, block, block, depth, h, w])
    let view = StridedView(split).permuted(blockIsInner ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2])
    return [try x.copied(view, to: try Shape.checkedProduct([n, depth], [h, w], by: block), context)]
  }
}

extension NodeDescription {
  /// The attribute `blocksize`, whose square fits an `Int`.
  func blockSize() throws(OperatorError) -> Int {
    guard let block = try int("blocksize"), block > 0, block < 1 << 31 else {
      throw .malformed("attribute blocksize is missing or not positive")
    }
    return block
  }

  /// Whether the attribute `mode`, which came with the given version, says `CRD` rather than `DCR`.
  func blockIsInner(modeFrom version: Int) throws(OperatorError) -> Bool {
    let mode = self.version >= version ? try string("mode") ?? "DCR" : "DCR"
    guard mode == "DCR" || mode == "CRD" else { throw .malformed("mode is '\(mode)', not 'DCR' or 'CRD'") }
    return mode == "CRD"
  }
}

extension Shape {
  /// This shape if it is that of images [N, C, H, W].
  func requireRank4() throws(OperatorError) -> Shape {
    guard rank == 4 else { throw .mismatched("the input has shape \(self); [N×C×H×W] is expected") }
    return self
  }

  /// The shape of the extents `leading` and then `scaled`, each times `factor`.
  static func checkedProduct(_ leading: [Int], _ scaled: [Int], by factor: Int) throws(OperatorError) -> Shape {
    var dimensions = leading
    for extent in scaled {
      let (product, overflow) = extent.multipliedReportingOverflow(by: factor)
      guard !overflow else { throw .mismatched("the output has more elements than can be addressed") }
      dimensions.append(product)
    }
    return try .checked(dimensions)
  }
}

extension DepthToSpace: ElementSelection {}
