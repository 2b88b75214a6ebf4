import Tensors

/// The attributes that say where the windows of a pooling operator or a convolution stand.
///
/// - Source: ONNX operators MaxPool, AveragePool, LpPool and Conv 1–22.
struct PoolingWindow: Sendable {
  private enum Padding: Sendable {
    /// Zeros before and behind each axis.
    case explicit(begin: [Int], end: [Int])
    case valid
    /// As many as give ⌈input / stride⌉ windows; of an odd number one more before the axis, or else behind it.
    case same(isLower: Bool)
  }

  private let kernel: [Int]
  private let strides: [Int]
  private let dilations: [Int]
  private let padding: Padding
  private let roundsUp: Bool

  /// Larger attributes are refused, so that sums and products of two never overflow.
  private static let largest = 1 << 30

  /// - Parameter kernel: the windows' extents where they do not come from the attribute kernel_shape.
  init(_ node: NodeDescription, kernel: [Int]? = nil) throws(OperatorError) {
    let stated = try node.ints("kernel_shape")
    guard let kernel = kernel ?? stated else { throw .malformed("attribute kernel_shape is missing") }
    let rank = kernel.count
    guard rank > 0 else { throw .malformed("attribute kernel_shape is empty") }
    self.kernel = try PoolingWindow.checked(kernel, "kernel_shape", count: rank, least: 1)
    let ones = [Int](repeating: 1, count: rank)
    strides = try PoolingWindow.checked(try node.ints("strides") ?? ones, "strides", count: rank, least: 1)
    dilations = try PoolingWindow.checked(try node.ints("dilations") ?? ones, "dilations", count: rank, least: 1)
    roundsUp = try node.flag("ceil_mode")
    switch try node.string("auto_pad") ?? "NOTSET" {
    case "NOTSET", "":
      let pads = try PoolingWindow.checked(
        try node.ints("pads") ?? [Int](repeating: 0, count: 2 * rank), "pads", count: 2 * rank, least: 0)
      padding = .explicit(begin: Array(pads[..<rank]), end: Array(pads[rank...]))
    case "VALID": padding = .valid
    case "SAME_UPPER": padding = .same(isLower: false)
    case "SAME_LOWER": padding = .same(isLower: true)
    case let other: throw .malformed("attribute auto_pad is '\(other)'")
    }
  }

  private static func checked(
    _ values: [Int], _ name: String, count: Int, least: Int
  ) throws(OperatorError) -> [Int] {
    guard values.count == count, values.allSatisfy({ $0 >= least && $0 <= largest }) else {
      throw .malformed("attribute \(name) is \(values); \(count) numbers from \(least) to \(largest) are expected")
    }
    return values
  }

  /// The windows along each spatial axis of an N×C×… tensor.
  ///
  /// - Throws: `mismatched` where the rank is another than the attributes', or no window fits.
  func axes(of shape: Shape) throws(OperatorError) -> [WindowAxis] {
    guard shape.rank == kernel.count + 2 else {
      throw .mismatched("X has shape \(shape); N×C and \(kernel.count) spatial extents are expected")
    }
    var axes: [WindowAxis] = []
    for index in kernel.indices { axes.append(try axis(index, input: shape[index + 2])) }
    return axes
  }

  private func axis(_ index: Int, input: Int) throws(OperatorError) -> WindowAxis {
    let stride = strides[index]
    let span = (kernel[index] - 1) * dilations[index] + 1
    var begin = 0
    var end = 0
    let output: Int
    switch padding {
    case .same(let isLower):
      output = input / stride + (input % stride == 0 ? 0 : 1)
      let missing = max(0, (output - 1) * stride + span - input)
      begin = isLower ? missing - missing / 2 : missing / 2
      end = missing - begin
    case .valid, .explicit:
      if case .explicit(let begins, let ends) = padding {
        begin = begins[index]
        end = ends[index]
      }
      let (padded, overflow) = input.addingReportingOverflow(begin + end)
      guard !overflow, padded >= span else {
        throw .mismatched("a window of \(span) elements does not fit into \(input) with padding \(begin) and \(end)")
      }
      let room = padded - span
      var count = room / stride + 1
      // A further window, part of which may lie behind the padding, but which may not start there.
      if roundsUp, room % stride != 0, count * stride < input + begin { count += 1 }
      output = count
    }
    guard input > 0 else { throw .mismatched("a spatial extent of X is 0") }
    return WindowAxis(
      input: input, output: output, kernel: kernel[index], stride: stride, dilation: dilations[index],
      begin: begin, end: end)
  }
}
