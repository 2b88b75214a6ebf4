/// What passes from node to node while a graph runs: nearly always a tensor.
public enum RuntimeValue: Sendable {
  case tensor(Tensor)
  case sequence(TensorSequence)
  /// A value that may be absent.
  indirect case optional(RuntimeValue?)

  /// The tensor; nil where it is something else.
  public var tensor: Tensor? {
    if case .tensor(let tensor) = self { tensor } else { nil }
  }

  /// What kind of value it is, with an article.
  public var kindName: String {
    switch self {
    case .tensor: "a tensor"
    case .sequence: "a sequence"
    case .optional: "an optional value"
    }
  }
}

/// Tensors of one element type and any shapes.
public struct TensorSequence: Sendable {
  /// nil where the sequence is empty and nothing says what it may hold.
  public let elementType: ElementType?

  public let tensors: [Tensor]

  /// - Precondition: all tensors are of that type.
  public init(elementType: ElementType?, tensors: [Tensor]) {
    precondition(tensors.allSatisfy { $0.elementType == elementType })
    self.elementType = elementType
    self.tensors = tensors
  }
}
