private import Glibc

/// A dense, row-major, immutable array with a shape and an element type known at run time.
///
/// A copy shares the elements. Elements are written once, in the closure that an initializer takes.
public struct Tensor: Sendable {
  public let shape: Shape
  public let elementType: ElementType
  let content: Content

  enum Content: Sendable {
    case bytes(TensorStorage, offset: Int)
    case unaligned(UnalignedBytes)
    case strings([String])
  }

  /// A tensor whose `shape.count` elements `body` writes, all of them.
  ///
  /// - Parameter allocator: where the memory comes from; nil takes it from the heap, without a limit.
  /// - Throws: `AllocationError` from the allocator, and what `body` throws.
  @inlinable
  public init<Element: TensorElement>(
    _ shape: Shape, of type: Element.Type = Element.self, allocator: TensorAllocator? = nil,
    writing body: (UnsafeMutableBufferPointer<Element>) throws -> Void
  ) throws {
    try self.init(shape, Element.elementType, allocator: allocator) { bytes in
      try body(bytes.bindMemory(to: Element.self))
    }
  }

  /// A tensor of any type but string, whose bytes `body` writes, all of them.
  public init(
    _ shape: Shape, _ elementType: ElementType, allocator: TensorAllocator? = nil,
    writingBytes body: (UnsafeMutableRawBufferPointer) throws -> Void
  ) throws {
    precondition(elementType != .string, "strings have no bytes")
    let byteCount = shape.count * elementType.byteCount
    let storage = try allocator?.storage(byteCount: byteCount) ?? TensorStorage(byteCount: byteCount)
    try body(UnsafeMutableRawBufferPointer(rebasing: storage.bytes[..<byteCount]))
    self.init(shape, elementType, storage: storage, offset: 0)
  }

  /// A tensor over bytes that exist already, such as a mapped file's. Where they are not aligned to their type, they
  /// are copied when the elements are first read.
  ///
  /// - Precondition: all elements lie inside of `storage`.
  public init(_ shape: Shape, _ elementType: ElementType, storage: TensorStorage, offset: Int) {
    let end = offset + shape.count * elementType.byteCount
    precondition(offset >= 0 && elementType != .string && end <= storage.bytes.count)
    self.shape = shape
    self.elementType = elementType
    let isAligned = Int(bitPattern: storage.bytes.baseAddress).advanced(by: offset) % elementType.byteCount == 0
    content = isAligned ? .bytes(storage, offset: offset) : .unaligned(UnalignedBytes(storage, offset..<end))
  }

  /// A tensor with the given elements in row-major order.
  ///
  /// - Precondition: there are `shape.count` of them.
  public init<Element: TensorElement>(_ shape: Shape, _ elements: [Element]) {
    precondition(elements.count == shape.count, "\(elements.count) elements for shape \(shape)")
    let storage = TensorStorage(byteCount: elements.count * MemoryLayout<Element>.stride)
    elements.withUnsafeBytes { source in
      if source.count > 0 { storage.bytes.copyMemory(from: source) }
    }
    self.init(shape, Element.elementType, storage: storage, offset: 0)
  }

  /// A tensor of strings in row-major order.
  ///
  /// - Precondition: there are `shape.count` of them.
  public init(_ shape: Shape, strings: [String]) {
    precondition(strings.count == shape.count, "\(strings.count) strings for shape \(shape)")
    self.shape = shape
    elementType = .string
    content = .strings(strings)
  }

  /// A tensor without extents, holding one element.
  public init<Element: TensorElement>(scalar: Element) { self.init(.scalar, [scalar]) }

  /// The number of elements.
  public var count: Int { shape.count }

  /// The elements read as another shape of as many elements, without a copy.
  ///
  /// - Throws: `ShapeError` where the counts differ.
  public func reshaped(to shape: Shape) throws(ShapeError) -> Tensor {
    guard shape.count == self.shape.count else {
      throw ShapeError("\(self.shape.count) elements of shape \(self.shape) do not fill shape \(shape)")
    }
    return Tensor(shape: shape, elementType: elementType, content: content)
  }

  /// The same bytes read as elements of another type, without a copy.
  ///
  /// - Precondition: both types take as many bytes, and every byte stands for an element of the new one.
  public func bitCast(to type: ElementType) -> Tensor {
    precondition(elementType != .string && type.byteCount == elementType.byteCount)
    return Tensor(shape: shape, elementType: type, content: content)
  }

  private init(shape: Shape, elementType: ElementType, content: Content) {
    self.shape = shape
    self.elementType = elementType
    self.content = content
  }

  /// The elements `range` along the outermost axis, without a copy. Not for strings.
  ///
  /// - Precondition: the rank is ≥ 1 and `range` lies inside of the first extent.
  public func rows(_ range: Range<Int>) -> Tensor {
    let (storage, offset) = alignedStorage
    precondition(shape.rank >= 1 && range.lowerBound >= 0 && range.upperBound <= shape[0])
    let rowBytes = shape.count(of: 1..<shape.rank) * elementType.byteCount
    // The extents can only have shrunk, so the shape is valid.
    let part = try! Shape([range.count] + shape.dimensions.dropFirst())
    return Tensor(part, elementType, storage: storage, offset: offset + range.lowerBound * rowBytes)
  }
}

extension Tensor {
  /// Calls `body` with the elements in row-major order. The pointer must not leave the closure.
  ///
  /// - Precondition: `Element` is the tensor's element type.
  @inlinable
  public func withElements<Element: TensorElement, Result, Failure: Error>(
    of type: Element.Type = Element.self, _ body: (UnsafeBufferPointer<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(Element.elementType == elementType, "a tensor of \(elementType) read as \(Element.elementType)")
    return try withUnsafeBytes { (bytes) throws(Failure) in try body(bytes.bindMemory(to: Element.self)) }
  }

  /// Calls `body` with the bytes of the elements; not for strings. The pointer must not leave the closure.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let (storage, offset) = alignedStorage
    let end = offset + shape.count * elementType.byteCount
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage.bytes)[offset..<end]))
  }

  /// Calls `body` with the elements for the one time that they are needed, such as to lay weights out anew: what that
  /// takes of memory, for a mapped file's pages or for an aligned copy, is given back at the end where it can be had
  /// again. The pointer must not leave the closure.
  ///
  /// - Precondition: `Element` is the tensor's element type.
  public func withElementsOnce<Element: TensorElement, Result, Failure: Error>(
    of type: Element.Type = Element.self, _ body: (UnsafeBufferPointer<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(Element.elementType == elementType, "a tensor of \(elementType) read as \(Element.elementType)")
    let byteCount = shape.count * elementType.byteCount
    switch content {
    case .bytes(let storage, let offset):
      defer { storage.releasePages(offset..<offset + byteCount) }
      return try withElements(of: type, body)
    case .unaligned(let bytes):
      let storage = bytes.alignedOnce
      defer { withExtendedLifetime(storage) {} }
      let elements = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage.bytes)[..<byteCount])
      return try body(elements.bindMemory(to: Element.self))
    case .strings: preconditionFailure("strings have no bytes")
    }
  }

  /// Calls `body` with `count` elements after the other, the last time with the rest, for the one time that they are
  /// needed; see `withElementsOnce`. At no time takes that much more memory than one piece.
  ///
  /// - Precondition: `Element` is the tensor's element type; `count` is positive.
  public func forEachPieceOnce<Element: TensorElement>(
    of type: Element.Type, count: Int, _ body: (_ elements: Range<Int>, _ start: UnsafePointer<Element>) -> Void
  ) {
    precondition(Element.elementType == elementType, "a tensor of \(elementType) read as \(Element.elementType)")
    let size = elementType.byteCount
    let pieces = stride(from: 0, to: shape.count, by: count).map { $0..<min($0 + count, shape.count) }
    switch content {
    case .bytes(let storage, let offset):
      withElements(of: type) { elements in
        for piece in pieces {
          body(piece, elements.baseAddress! + piece.lowerBound)
          storage.releasePages(offset + piece.lowerBound * size..<offset + piece.upperBound * size)
        }
      }
    case .unaligned(let bytes):
      bytes.forEachPiece(pieces.map { $0.lowerBound * size..<$0.upperBound * size }) { index, start in
        body(pieces[index], start.assumingMemoryBound(to: Element.self))
      }
    case .strings: preconditionFailure("strings have no bytes")
    }
  }

  /// Whether all bytes of the elements are the same as those of another tensor of the same size; not for strings. Takes no
  /// aligned copies.
  package func hasSameBytes(as other: Tensor) -> Bool {
    let byteCount = shape.count * elementType.byteCount
    precondition(byteCount == other.shape.count * other.elementType.byteCount)
    let ((storage, start), (otherStorage, otherStart)) = (rawStorage, other.rawStorage)
    defer { withExtendedLifetime((storage, otherStorage)) {} }
    return byteCount == 0
      || memcmp(storage.bytes.baseAddress! + start, otherStorage.bytes.baseAddress! + otherStart, byteCount) == 0
  }

  /// The tensor over an aligned copy that is gone with it, where there is none yet and one is needed: to be read now and
  /// let go.
  package var alignedOnce: Tensor {
    guard case .unaligned(let bytes) = content else { return self }
    return Tensor(shape, elementType, storage: bytes.alignedOnce, offset: 0)
  }

  /// Where the elements lie, aligned or not.
  private var rawStorage: (TensorStorage, offset: Int) {
    switch content {
    case .bytes(let storage, let offset): (storage, offset)
    case .unaligned(let bytes): bytes.place
    case .strings: preconditionFailure("strings have no bytes")
    }
  }

  /// Where the elements lie, aligned to their type.
  private var alignedStorage: (TensorStorage, offset: Int) {
    switch content {
    case .bytes(let storage, let offset): (storage, offset)
    case .unaligned(let bytes): (bytes.aligned, 0)
    case .strings: preconditionFailure("strings have no bytes")
    }
  }

  /// A copy of the elements in row-major order.
  ///
  /// - Precondition: `Element` is the tensor's element type.
  @inlinable
  public func elements<Element: TensorElement>(of type: Element.Type = Element.self) -> [Element] {
    withElements(of: type) { Array($0) }
  }

  /// The strings in row-major order.
  ///
  /// - Precondition: the element type is string.
  public var strings: [String] {
    guard case .strings(let strings) = content else {
      preconditionFailure("a tensor of \(elementType) read as strings")
    }
    return strings
  }
}
