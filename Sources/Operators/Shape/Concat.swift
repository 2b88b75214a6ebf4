import Kernels
import Tensors

/// The inputs one after the other along an axis; all other extents are equal.
///
/// - Source: ONNX operator Concat 1 (axis 1 by default), 4 (axis required), 11 (negative axis), 13.
struct Concat: Operator {
  private let axis: Int

  init(_ node: NodeDescription) throws(OperatorError) {
    guard let axis = try node.int("axis") ?? (node.version < 4 ? 1 : nil) else {
      throw .malformed("attribute axis is missing")
    }
    self.axis = axis
  }

  func layerForm(of inputs: [KnownInput?]) -> LayerForm? {
    let maps = inputs.compactMap(\.self)
    guard let first = maps.first, maps.count == inputs.count, maps.allSatisfy(\.isFeatureMap),
      (try? first.shape.normalizedAxis(axis)) == 1,
      maps.allSatisfy({ $0.shape[2] == first.shape[2] && $0.shape[3] == first.shape[3] })
    else { return nil }
    return .channelConcatenation
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    [try Tensor.concatenated(try inputs.all(), axis: axis, context)]
  }
}

extension Tensor {
  /// The parts one after the other along an axis, counted from the end where negative. For any element type.
  ///
  /// - Throws: where there is no part, or the parts differ in type or in another extent.
  static func concatenated(_ parts: [Tensor], axis: Int, _ context: EvaluationContext) throws -> Tensor {
    guard let first = parts.first else { throw OperatorError.malformed("there is no input") }
    let axis = try first.shape.normalizedAxis(axis)
    var extent = 0
    for part in parts {
      guard part.elementType == first.elementType else {
        throw OperatorError.mismatched("inputs are of \(first.elementType) and of \(part.elementType)")
      }
      guard part.shape.rank == first.shape.rank,
        try part.shape.replacing(axis, by: 0) == first.shape.replacing(axis, by: 0)
      else {
        throw OperatorError.mismatched(
          "inputs of shapes \(first.shape) and \(part.shape) cannot be joined along axis \(axis)")
      }
      let (sum, overflow) = extent.addingReportingOverflow(part.shape[axis])
      guard !overflow else { throw OperatorError.mismatched("the joined inputs are larger than can be addressed") }
      extent = sum
    }
    return try joined(parts, axis: axis, shape: try first.shape.replacing(axis, by: extent), context)
  }

  /// The parts one after the other along `axis`, as a tensor of `shape`.
  private static func joined(
    _ parts: [Tensor], axis: Int, shape: Shape, _ context: EvaluationContext
  ) throws -> Tensor {
    let outer = shape.count(of: 0..<axis)
    // How many neighbouring elements each part gives at a time.
    let lengths = parts.map { $0.shape.count(of: axis..<shape.rank) }
    let type = parts[0].elementType
    if type == .string {
      try requireStringMemory(shape.count, context)
      let sources = parts.map(\.strings)
      var result: [String] = []
      result.reserveCapacity(shape.count)
      for block in 0..<outer where shape.count > 0 {
        for (source, length) in zip(sources, lengths) { result += source[block * length..<(block + 1) * length] }
      }
      return Tensor(shape, strings: result)
    }
    return try Tensor(shape, type, allocator: context.allocator) { target in
      guard shape.count > 0 else { return }
      let stride = shape.count / outer * type.byteCount
      nonisolated(unsafe) let target = target.baseAddress!
      var offset = 0
      for (part, length) in zip(parts, lengths) where length > 0 {
        let size = length * type.byteCount
        let place = offset
        part.withUnsafeBytes { source in
          nonisolated(unsafe) let source = source.baseAddress!
          let blocksPerChunk = max(1, (1 << 17) / size)
          context.pool.forEachChunk(of: outer, size: blocksPerChunk) { blocks in
            for block in blocks {
              (target + block * stride + place).copyMemory(from: source + block * size, byteCount: size)
            }
          }
        }
        offset += size
      }
    }
  }
}

extension Concat: DifferentiableOperator {
  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x is the part of ∂L/∂y that x takes up.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] {
    let gradient = try call.gradient()
    let axis = try gradient.shape.normalizedAxis(axis)
    var view = StridedView(gradient.shape)
    return try call.wanted.indices.map { index in
      let shape = try call.shape(index)
      view.dimensions[axis] = shape[axis]
      defer { view.offset += shape[axis] * view.strides[axis] }
      return call.wanted[index] ? try gradient.copied(view, to: shape, call.context) : nil
    }
  }
}
