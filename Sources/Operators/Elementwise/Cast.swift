import Tensors

/// The elements as another type; see `Tensor.cast(to:narrowing:_:)`.
///
/// - Source: ONNX operator Cast 1 (the type is named), 6, 9 (strings), 13, 19 (`saturate`), 21, 23, 24 (`round_mode`), 25,
///   28.
struct Cast: Operator {
  private let type: ElementType
  private let narrowing: Narrowing

  init(_ node: NodeDescription) throws(OperatorError) {
    narrowing = try node.narrowing()
    if node.version < 6, let name = try node.string("to") {
      guard let type = ElementType(onnxName: name) else {
        throw .unsupported("elements of type \(name) are not implemented")
      }
      self.type = type
    } else {
      type = try node.elementType("to")
    }
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    [try inputs.required(0, "input").cast(to: type, narrowing: narrowing, context)]
  }
}

/// The elements as the type of a second tensor, whose values do not matter.
///
/// - Source: ONNX operator CastLike 15, 19 (`saturate`), 21, 23, 24 (`round_mode`), 25.
struct CastLike: Operator {
  private let narrowing: Narrowing

  init(_ node: NodeDescription) throws(OperatorError) { narrowing = try node.narrowing() }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let type = try inputs.required(1, "target_type").elementType
    return [try inputs.required(0, "input").cast(to: type, narrowing: narrowing, context)]
  }
}

/// The same bits read as another type of the same width.
///
/// - Source: ONNX operator BitCast 26.
struct BitCast: Operator {
  private let type: ElementType

  init(_ node: NodeDescription) throws(OperatorError) { type = try node.elementType("to") }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input")
    guard x.elementType != .string, x.elementType.bitCount == type.bitCount else {
      throw OperatorError.mismatched("elements of \(x.elementType) and \(type) are not of one width")
    }
    guard type == .bool else { return [x.bitCast(to: type)] }
    return [try x.bitCast(to: .uint8).mapped(context) { (x: UInt8) in x != 0 }]
  }
}

extension NodeDescription {
  /// The attributes `saturate` and `round_mode`.
  fileprivate func narrowing() throws(OperatorError) -> Narrowing {
    var narrowing = Narrowing()
    if version >= 19 { narrowing.saturates = try flag("saturate", default: true) }
    if version >= 24, let name = try string("round_mode") {
      guard let rounding = NarrowFormat.PowerRounding(rawValue: name) else {
        throw .malformed("round_mode is '\(name)'; up, down and nearest are known")
      }
      narrowing.rounding = rounding
    }
    return narrowing
  }

  /// An attribute that is a number of `TensorProto.DataType`.
  fileprivate func elementType(_ name: String) throws(OperatorError) -> ElementType {
    guard let number = try int(name) else { throw .malformed("attribute \(name) is missing") }
    guard let type = Int32(exactly: number).flatMap({ ElementType(rawValue: $0) }) else {
      throw .unsupported(
        "elements of type \(ElementType.onnxName(ofDataType: Int32(clamping: number))) are not implemented")
    }
    return type
  }
}

extension ElementType {
  /// The type of that name in `TensorProto.DataType`.
  fileprivate init?(onnxName: String) {
    guard let type = ElementType.allCases.first(where: { ElementType.onnxName(ofDataType: $0.rawValue) == onnxName })
    else { return nil }
    self = type
  }
}

extension Cast: DifferentiableOperator {
  func isDifferentiable(output index: Int) -> Bool { type.isFloatingPoint }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x = ∂L/∂y in the type of x; rounding to the type of y has no part in it.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] { [try call.castGradient()] }
}

extension CastLike: DifferentiableOperator {
  func isDifferentiable(input index: Int) -> Bool { index == 0 }

  func gradientReads(inputCount: Int, wanted: [Bool]) -> GradientReads { GradientReads() }

  /// ∂L/∂x = ∂L/∂y in the type of x; rounding to the type of y has no part in it.
  func vectorJacobianProduct(_ call: GradientCall) throws -> [Tensor?] { [try call.castGradient()] }
}

extension GradientCall {
  /// The gradient of the output in the type of input 0.
  ///
  /// - Throws: where one of both is no floating-point type.
  fileprivate func castGradient() throws -> Tensor {
    for value in [inputs[0], outputs[0]] {
      guard let type = value?.elementType, type.isFloatingPoint else {
        throw OperatorError.unsupported("a conversion from or to integers or truth values has no derivative")
      }
    }
    return try gradient().asGradient(of: inputs[0]!.elementType, context)
  }
}
