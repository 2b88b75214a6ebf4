import Tensors

/// How many channels a convolution's tensors have, checked against each other.
struct ConvolutionChannels: Sendable {
  let groups: Int
  let input: Int
  let output: Int

  var inputPerGroup: Int { input / groups }
  var outputPerGroup: Int { output / groups }

  /// - Parameter isTransposed: whether the weights are C×(M / group)×… instead of M×(C / group)×….
  /// - Throws: `mismatched` where types, ranks or channels do not fit.
  init(_ x: Tensor, _ w: Tensor, _ bias: Tensor?, groups: Int, isTransposed: Bool) throws(OperatorError) {
    try w.requireType(x.elementType, named: "W")
    try bias?.requireType(x.elementType, named: "B")
    guard x.shape.rank >= 3, w.shape.rank == x.shape.rank else {
      throw .mismatched(
        "X has shape \(x.shape) and W \(w.shape); two extents and the same number of spatial ones are expected")
    }
    let (perGroup, overflow) = w.shape[1].multipliedReportingOverflow(by: groups)
    let (input, output) = isTransposed ? (w.shape[0], perGroup) : (perGroup, w.shape[0])
    guard !overflow, input > 0, output > 0, x.shape[1] == input, input % groups == 0, output % groups == 0 else {
      throw .mismatched("X of shape \(x.shape) and W of shape \(w.shape) do not fit in \(groups) groups")
    }
    if let bias, bias.shape.dimensions != [output] {
      throw .mismatched("B has shape \(bias.shape); an element for each of \(output) channels is expected")
    }
    guard !w.shape.dimensions.contains(0) else { throw .mismatched("W has shape \(w.shape), which is empty") }
    self.groups = groups
    self.input = input
    self.output = output
  }
}

extension NodeDescription {
  /// The attribute `group`, 1 where it is left out.
  func convolutionGroups() throws(OperatorError) -> Int {
    let groups = try int("group") ?? 1
    guard groups > 0, groups <= 1 << 30 else { throw .malformed("attribute group is \(groups)") }
    return groups
  }
}

/// Calls `body` with the elements of a tensor that may be left out.
func withOptionalElements<Element: TensorElement, Result>(
  of tensor: Tensor?, _ body: (UnsafePointer<Element>?) throws -> Result
) rethrows -> Result {
  guard let tensor else { return try body(nil) }
  return try tensor.withElements(of: Element.self) { try body($0.baseAddress) }
}

extension Int {
  /// The product, or the largest integer where it overflows.
  func multipliedClamping(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
