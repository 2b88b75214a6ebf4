import Operators

/// The places along one axis that share kernel elements, and the convolution that makes their gradient.
struct AdjointPhase: Sendable {
  /// The convolution's kernel elements as indices of the forward one's; nil for a 0.
  private(set) var elements: [Int?]
  /// Zeros in front of the gradient.
  private(set) var begin: Int
  /// How many places there are.
  private(set) var count: Int
  let dilation: Int
  /// The first place, and from one to the next.
  let first: Int
  let stride: Int

  func place(_ index: Int) -> Int { first + index * stride }

  /// Zeros behind a gradient of that extent.
  func end(_ extent: Int) -> Int { count - extent - begin + (elements.count - 1) * dilation }

  /// The phases that have kernel elements; nil where there is no such convolution.
  static func phases(of axis: WindowAxis) -> [AdjointPhase]? {
    guard axis.stride == 1 || axis.dilation == 1 else { return nil }
    let (stride, pad) = (axis.stride, axis.begin)
    var phases: [AdjointPhase] = []
    for rest in 0..<min(stride, axis.kernel) {
      let elements = Array(Swift.stride(from: rest, to: axis.kernel, by: stride).reversed())
      // Place stride · q + rest − pad takes the windows q − t, t counting the elements.
      let low = max(0, (pad - rest + stride - 1) / stride)
      let high = (axis.input - 1 + pad - rest) / stride
      guard axis.input - 1 + pad - rest >= 0, high >= low else { continue }
      let begin = (elements.count - 1) * axis.dilation - low
      guard begin >= 0 else { return nil }
      phases.append(
        AdjointPhase(
          elements: elements, begin: begin, count: high - low + 1, dilation: axis.dilation,
          first: stride * low + rest - pad, stride: stride))
    }
    return phases.isEmpty || phases.contains { $0.end(axis.output) < 0 } ? nil : phases
  }

  /// A convolution that does the work of several phases, whose kernels get zeros where they are shorter.
  static func joined(_ phases: [AdjointPhase]) -> AdjointPhase {
    var result = phases[0]
    result.begin = phases.reduce(0) { max($0, $1.begin) }
    result.count = phases.reduce(0) { max($0, $1.count) }
    let length = phases.reduce(0) { max($0, result.begin - $1.begin + $1.elements.count) }
    result.elements = phases.count == 1 ? result.elements : [Int?](repeating: nil, count: length)
    return result
  }

  /// The elements with zeros in front and behind as in a joined convolution.
  func elements(in joined: AdjointPhase) -> [Int?] {
    let front = [Int?](repeating: nil, count: joined.begin - begin)
    let padded = front + elements
    return padded + [Int?](repeating: nil, count: joined.elements.count - padded.count)
  }
}
