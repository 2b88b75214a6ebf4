import Tensors
import Testing

/// Expects a float32 tensor of these elements, each to within 2e-6 of the larger of 1 and its magnitude.
func expect(
  _ tensor: Tensor, isNear expected: [Float], shape: [Int]? = nil, _ note: Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard tensor.elementType == .float32, tensor.count == expected.count else {
    Issue.record("\(tensor.count) elements of \(tensor.elementType)", sourceLocation: sourceLocation)
    return
  }
  if let shape { #expect(tensor.shape.dimensions == shape, note, sourceLocation: sourceLocation) }
  let elements = tensor.elements(of: Float.self)
  let isNear = zip(elements, expected).allSatisfy { abs($0 - $1) <= 2e-6 * max(1, abs($1)) || $0 == $1 }
  #expect(isNear, "\(elements) for \(expected) \(note?.rawValue ?? "")", sourceLocation: sourceLocation)
}
