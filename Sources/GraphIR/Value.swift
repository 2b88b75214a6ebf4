public import Tensors

/// A value's place in `Graph.values`.
public struct ValueID: Sendable, Hashable {
  public let index: Int

  public init(_ index: Int) { self.index = index }
}

/// A named value: what an input, an initializer or a node's output is called and what the file says of it.
public struct Value: Sendable {
  /// The name, unique in its graph.
  public let name: String

  /// What the file declares; nil where it declares nothing.
  public let declared: DeclaredType?

  public init(name: String, declared: DeclaredType? = nil) {
    self.name = name
    self.declared = declared
  }
}

/// A declared type. Declarations are hints: what runs is checked against the real tensors.
public struct DeclaredType: Sendable, Hashable {
  /// What holds the elements.
  public enum Kind: Sendable, Hashable {
    case tensor
    case sequence
    case optionalTensor
    case optionalSequence
    /// A map, a sparse tensor, or something deeper.
    case other
  }

  public let kind: Kind

  /// The elements of the tensor, or of the tensors in it; nil where the type is none that `ElementType` knows.
  public let elementType: ElementType?

  /// The tensor's; nil where not even the rank is declared, or it is no tensor.
  public let dimensions: [Dimension]?

  public init(kind: Kind = .tensor, elementType: ElementType?, dimensions: [Dimension]?) {
    self.kind = kind
    self.elementType = elementType
    self.dimensions = dimensions
  }
}

/// A declared extent.
public enum Dimension: Sendable, Hashable {
  case fixed(Int)
  /// A name such as `batch` or `unk__3074`.
  case symbolic(String)
  case unknown

  /// The extent where it is fixed.
  public var fixedExtent: Int? {
    if case .fixed(let extent) = self { extent } else { nil }
  }
}

extension Dimension: CustomStringConvertible {
  public var description: String {
    switch self {
    case .fixed(let extent): String(extent)
    case .symbolic(let name): name
    case .unknown: "?"
    }
  }
}
