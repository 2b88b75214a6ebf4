import Tensors

/// The attributes that say where the windows of a transposed convolution lie on its output.
///
/// - Source: ONNX operator ConvTranspose 1, 11, 22.
struct TransposedWindow: Sendable {
  private let kernel: [Int]
  private let strides: [Int]
  private let dilations: [Int]
  private let outputPadding: [Int]
  private let outputShape: [Int]?
  private let pads: [Int]
  private let padding: String

  /// Larger attributes are refused, so that sums and products of two never overflow.
  private static let largest = 1 << 30

  init(_ node: NodeDescription, kernel: [Int]) throws(OperatorError) {
    let rank = kernel.count
    let ones = [Int](repeating: 1, count: rank)
    let zeros = [Int](repeating: 0, count: 2 * rank)
    func checked(_ values: [Int], _ name: String, count: Int, least: Int) throws(OperatorError) -> [Int] {
      guard values.count == count, values.allSatisfy({ $0 >= least && $0 <= Self.largest }) else {
        throw .malformed(
          "attribute \(name) is \(values); \(count) numbers from \(least) to \(Self.largest) are expected")
      }
      return values
    }
    self.kernel = try checked(kernel, "kernel_shape", count: max(rank, 1), least: 1)
    strides = try checked(try node.ints("strides") ?? ones, "strides", count: rank, least: 1)
    dilations = try checked(try node.ints("dilations") ?? ones, "dilations", count: rank, least: 1)
    outputPadding = try checked(
      try node.ints("output_padding") ?? Array(zeros[..<rank]), "output_padding", count: rank, least: 0)
    pads = try checked(try node.ints("pads") ?? zeros, "pads", count: 2 * rank, least: 0)
    outputShape = try node.ints("output_shape").map { values throws(OperatorError) in
      // Exporters also write the output's batch and channels.
      try checked(Array(values.suffix(rank)), "output_shape", count: rank, least: 1)
    }
    padding = try node.string("auto_pad") ?? "NOTSET"
    guard ["", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].contains(padding) else {
      throw .malformed("attribute auto_pad is '\(padding)'")
    }
  }

  /// For each spatial axis the windows over the output, one for each place of the input, x: N×C×….
  ///
  /// - Throws: `mismatched` where nothing of the output is left.
  func axes(of x: Shape) throws(OperatorError) -> [WindowAxis] {
    var axes: [WindowAxis] = []
    for index in kernel.indices { axes.append(try axis(index, input: x[index + 2])) }
    return axes
  }

  private func axis(_ index: Int, input: Int) throws(OperatorError) -> WindowAxis {
    guard input > 0, input <= Self.largest else { throw .mismatched("a spatial extent of X is \(input)") }
    let span = (kernel[index] - 1) * dilations[index] + 1
    let whole = (input - 1) * strides[index] + span + outputPadding[index]
    let isSame = padding.hasPrefix("SAME")
    var output = outputShape?[index] ?? (isSame ? input * strides[index] : 0)
    var (begin, end) = (0, 0)
    if output > 0 {
      // An odd surplus is cut off at the end for SAME_UPPER, at the beginning else. What is missing is added at the end.
      let surplus = whole - output
      begin = max(0, padding == "SAME_UPPER" ? surplus / 2 : surplus - surplus / 2)
      end = surplus - begin
    } else {
      if padding != "VALID" { (begin, end) = (pads[index], pads[kernel.count + index]) }
      output = whole - begin - end
    }
    guard output > 0 else {
      throw .mismatched("an output of \(whole) places with \(begin) and \(end) cut off is empty")
    }
    return WindowAxis(
      input: output, output: input, kernel: kernel[index], stride: strides[index], dilation: dilations[index],
      begin: begin, end: end)
  }
}
