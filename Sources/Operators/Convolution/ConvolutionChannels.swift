import Tensors

/// The tensors of a convolution, widened and checked against each other.
struct ConvolutionOperands: Sendable {
  /// The element type as given.
  let type: ElementType
  let x: Tensor
  let w: Tensor
  let bias: Tensor?
  let channels: ConvolutionChannels

  /// The elements of a channel of x.
  var inputPlane: Int { x.shape.count(of: 2..<x.shape.rank) }

  /// The kernel's spatial extents.
  var kernel: [Int] { Array(w.shape.dimensions[2...]) }

  /// The elements of a kernel for a pair of channels.
  var kernelCount: Int { w.shape.count(of: 2..<w.shape.rank) }

  /// - Parameter isTransposed: see `ConvolutionChannels`.
  init(
    _ inputs: OperatorInputs, groups: Int, isTransposed: Bool = false, _ context: EvaluationContext
  ) throws {
    let (x, w, bias) = try (inputs.required(0, "X"), inputs.required(1, "W"), inputs.optional(2))
    channels = try ConvolutionChannels(x, w, bias, groups: groups, isTransposed: isTransposed)
    type = x.elementType
    self.x = try x.widened(context)
    self.w = try w.widened(context)
    self.bias = try bias?.widened(context)
  }

  /// The shape of the result, whose windows lie on planes of these extents.
  func outputShape(_ extents: [Int]) throws -> Shape { try Shape([x.shape[0], channels.output] + extents) }
}

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
