import Tensors

extension TensorSequence {
  /// A sequence of results.
  ///
  /// - Parameter elementType: what is known of the type where there are none.
  /// - Throws: `mismatched` where they differ in type.
  static func checked(_ tensors: [Tensor], elementType: ElementType? = nil) throws(OperatorError) -> TensorSequence {
    let type = tensors.first?.elementType ?? elementType
    if let other = tensors.first(where: { $0.elementType != type }) {
      throw .mismatched("a sequence of \(type!) cannot hold a tensor of \(other.elementType)")
    }
    return TensorSequence(elementType: type, tensors: tensors)
  }

  /// The place that a position means, counted from the end where negative.
  ///
  /// - Parameter end: the first position that is too large.
  /// - Throws: `mismatched` where there is no such place.
  func place(_ position: Int, end: Int) throws(OperatorError) -> Int {
    guard position >= -tensors.count, position < end else {
      throw .mismatched("position \(position) is outside of a sequence of \(tensors.count)")
    }
    return position < 0 ? position + tensors.count : position
  }
}
