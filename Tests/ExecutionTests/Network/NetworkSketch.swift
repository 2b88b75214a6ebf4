import GraphIR
import Tensors
import TestSupport

/// A network being written down for a test: its input is `x`, its weights are noise.
struct NetworkSketch {
  private var nodes: [TestNode] = []
  private var initializers: [String: Tensor] = [:]
  private var seed: UInt64 = 1

  /// Adds a node of one output.
  mutating func add(
    _ operatorName: String, _ inputs: String..., to output: String, attributes: [String: Attribute] = [:]
  ) {
    nodes.append((operatorName, inputs, [output], attributes))
  }

  /// Adds a constant.
  mutating func constant(_ name: String, _ tensor: Tensor) { initializers[name] = tensor }

  /// Adds a constant vector of float32.
  mutating func constant(_ name: String, _ elements: [Float]) {
    initializers[name] = Tensor(try! Shape([elements.count]), elements)
  }

  /// Adds a convolution with a bias. Weights are small enough that values neither grow nor vanish from layer to layer.
  ///
  /// - Parameters:
  ///   - channels: of the input and of the output.
  ///   - attributes: those beside the kernel's shape and the groups; without any, pads that keep odd kernels' extents.
  mutating func convolution(
    _ input: String, to output: String, channels: (Int, Int), kernel: [Int] = [3, 3], groups: Int = 1,
    attributes: [String: Attribute]? = nil
  ) {
    let perGroup = channels.0 / groups
    let scale = 1.7 / Float(perGroup * kernel[0] * kernel[1]).squareRoot()
    constant(
      "w_\(output)",
      Tensor(
        try! Shape([channels.1, perGroup] + kernel),
        moreNoise(channels.1 * perGroup * kernel[0] * kernel[1]).map { $0 * scale }))
    constant("b_\(output)", moreNoise(channels.1).map { $0 / 4 })
    let pads = kernel.map { Int64($0 / 2) }
    var all = attributes ?? ["pads": .ints(pads + pads)]
    all["kernel_shape"] = .ints(kernel.map(Int64.init))
    all["group"] = .int(Int64(groups))
    add("Conv", input, "w_\(output)", "b_\(output)", to: output, attributes: all)
  }

  /// Adds a batch normalization with factors from 0.5 to 1.5, some of them negative.
  mutating func normalization(_ input: String, to output: String, channels: Int) {
    constant("scale_\(output)", moreNoise(channels).map { $0 < -0.5 ? $0 : 1 + $0 / 2 })
    constant("offset_\(output)", moreNoise(channels))
    constant("mean_\(output)", moreNoise(channels))
    constant("variance_\(output)", moreNoise(channels).map { 1 + $0 / 2 })
    add(
      "BatchNormalization", input, "scale_\(output)", "offset_\(output)", "mean_\(output)", "variance_\(output)",
      to: output)
  }

  /// Adds global average pooling, flattening and a matrix product.
  mutating func head(_ input: String, to output: String, channels: Int, classes: Int) {
    constant("w_\(output)", Tensor(try! Shape([classes, channels]), moreNoise(classes * channels)))
    constant("b_\(output)", moreNoise(classes))
    add("GlobalAveragePool", input, to: "mean_\(output)")
    add("Flatten", "mean_\(output)", to: "flat_\(output)")
    add("Gemm", "flat_\(output)", "w_\(output)", "b_\(output)", to: output, attributes: ["transB": .int(1)])
  }

  /// The graph.
  func graph(outputs: [String], opset: Int = 13) throws -> Graph {
    try Graph(nodes, inputs: ["x": nil], outputs: outputs, initializers: initializers, opset: opset)
  }

  private mutating func moreNoise(_ count: Int) -> [Float] {
    seed += 1
    return noise(count, seed: seed)
  }
}
