import Tensors

/// Blocks of height and width moved into channels: [N, C, H, W] becomes [N, C·b², H / b, W / b].
///
/// In the mode `DCR` the place inside of a block becomes the outer part of a channel's number, in the mode `CRD` the
/// inner.
///
/// - Source: ONNX operator SpaceToDepth 1, 13, 28 (mode).
struct SpaceToDepth: Operator {
  private let block: Int
  private let blockIsInner: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    block = try node.blockSize()
    blockIsInner = try node.blockIsInner(modeFrom: 28)
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input")
    let shape = try x.shape.requireRank4()
    let (n, c, h, w) = (shape[0], shape[1], shape[2], shape[3])
    guard h % block == 0, w % block == 0 else {
      throw OperatorError.mismatched("an input of shape \(shape) does not divide into blocks of \(block)×\(block)")
    }
    let channels = try Shape.checkedProduct([], [c], by: block * block)[0]
    let split = try Shape([n, c, h / block, block, w / block, block])
    let view = StridedView(split).permuted(blockIsInner ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4])
    return [try x.copied(view, to: try Shape([n, channels, h / block, w / block]), context)]
  }
}

extension SpaceToDepth: ElementSelection {}
