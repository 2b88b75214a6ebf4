import Explain
import GraphIR
import Tensors
import Testing

struct LayerTests {
  /// A node by names; the outputs' names follow from its own. A value without a shape is of integers.
  private struct Sketch {
    let name: String
    let operatorName: String
    let inputs: [String]
    let shape: [Int]
    let scopes: [String]
    let attributes: [String: Attribute]
    var output: String { "\(name)_out" }

    init(
      _ name: String, _ operatorName: String, _ inputs: [String], _ shape: [Int], scopes: [String] = [],
      permutation: [Int64]? = nil
    ) {
      self.name = name
      self.operatorName = operatorName
      self.inputs = inputs
      self.shape = shape
      self.scopes = scopes
      attributes = permutation.map { ["perm": .ints($0)] } ?? [:]
    }
  }

  private func table(_ nodes: [Sketch]) throws -> LayerTable {
    let names = ["x"] + nodes.map(\.output)
    func id(_ name: String) -> ValueID { ValueID(names.firstIndex(of: name)!) }
    let graph = try Graph(
      name: "g", values: names.map { Value(name: $0) }, inputs: [id("x")], outputs: [id(nodes.last!.output)],
      initializers: [:],
      nodes: nodes.map {
        Node(
          name: $0.name, operatorName: $0.operatorName, inputs: $0.inputs.map { id($0 == "x" ? $0 : "\($0)_out") },
          outputs: [id($0.output)], attributes: $0.attributes, scopes: $0.scopes)
      }, opsets: ["": 13])
    return LayerTable(
      graph: graph,
      shapes: try Dictionary(
        uniqueKeysWithValues: nodes.filter { !$0.shape.isEmpty }.map { (id($0.output), try Shape($0.shape)) }))
  }

  /// The end of a ResNet as PyTorch's older exporter names it.
  private var residual: [Sketch] {
    [
      Sketch("/conv1/Conv", "Conv", ["x"], [1, 8, 14, 14]),
      Sketch("/relu/Relu", "Relu", ["/conv1/Conv"], [1, 8, 14, 14]),
      Sketch("/layer4/layer4.1/conv2/Conv", "Conv", ["/relu/Relu"], [1, 8, 7, 7]),
      Sketch("/layer4/layer4.1/downsample/downsample.0/Conv", "Conv", ["/relu/Relu"], [1, 8, 7, 7]),
      Sketch(
        "/layer4/layer4.1/Add", "Add",
        ["/layer4/layer4.1/conv2/Conv", "/layer4/layer4.1/downsample/downsample.0/Conv"],
        [1, 8, 7, 7]),
      Sketch("/layer4/layer4.1/relu_1/Relu", "Relu", ["/layer4/layer4.1/Add"], [1, 8, 7, 7]),
      Sketch("/avgpool/GlobalAveragePool", "GlobalAveragePool", ["/layer4/layer4.1/relu_1/Relu"], [1, 8, 1, 1]),
      Sketch("/head/Conv", "Conv", ["/avgpool/GlobalAveragePool"], [1, 10, 1, 1]),
      Sketch("/Flatten", "Flatten", ["/head/Conv"], [1, 10]),
    ]
  }

  @Test func automaticLayerIsTheFeatureMapAfterTheLastSpatialConvolution() throws {
    let choice = try table(residual).choose("auto", hook: nil)
    #expect(choice.layer.label == "/layer4/layer4.1/relu_1/Relu")
    #expect(choice.hook == .activation)
    #expect(choice.reason.contains("/layer4/layer4.1/downsample/downsample.0/Conv"))
  }

  /// As onnxruntime quantizes with `QuantFormat.QDQ`: activations are the limits of the integers.
  @Test func automaticLayerOfAQuantizedNetworkIsWhatTheIntegersLeave() throws {
    let nodes = [
      Sketch("conv", "Conv", ["x"], [1, 8, 7, 7]),
      Sketch("conv_q", "QuantizeLinear", ["conv"], []),
      Sketch("conv_dq", "DequantizeLinear", ["conv_q"], [1, 8, 7, 7]),
      Sketch("sum", "Add", ["conv_dq", "x"], [1, 8, 7, 7]),
      Sketch("sum_q", "QuantizeLinear", ["sum"], []),
      Sketch("sum_dq", "DequantizeLinear", ["sum_q"], [1, 8, 7, 7]),
      Sketch("pool", "GlobalAveragePool", ["sum_dq"], [1, 8, 1, 1]),
    ]
    let choice = try table(nodes).choose("auto", hook: nil)
    #expect(choice.layer.label == "sum_dq" && choice.hook == .activation && choice.warning == nil)
  }

  /// As with `QuantFormat.QOperator` for convolutions alone.
  @Test func automaticLayerOfQuantizedConvolutionsIsOfRealNumbers() throws {
    let nodes = [
      Sketch("conv", "QLinearConv", ["x"], []),
      Sketch("conv_dq", "DequantizeLinear", ["conv"], [1, 8, 7, 7]),
      Sketch("relu", "Relu", ["conv_dq"], [1, 8, 7, 7]),
      Sketch("pool", "GlobalAveragePool", ["relu"], [1, 8, 1, 1]),
    ]
    let table = try table(nodes)
    #expect(try table.choose("auto", hook: nil).layer.label == "relu")
    #expect(try table.choose("auto", hook: .output).layer.label == "conv_dq")
    #expect(try table.choose("conv:-1", hook: nil).layer.label == "conv_dq")
  }

  @Test func quantizedConvolutionsThatStayIntegersAreRefusedOrWarnedOf() throws {
    let quantized = [
      Sketch("conv", "QLinearConv", ["x"], []), Sketch("pool", "QLinearGlobalAveragePool", ["conv"], []),
      Sketch("real", "DequantizeLinear", ["pool"], [1, 8, 1, 1]),
    ]
    let error = try #require(throws: ExplainError.self) { try table(quantized).choose("auto", hook: nil) }
    #expect(error.kind == .unsupported && error.message.contains("QuantFormat.QDQ"))
    let mixed =
      [
        Sketch("first", "Conv", ["x"], [1, 8, 7, 7]), Sketch("relu", "Relu", ["first"], [1, 8, 7, 7]),
        Sketch("relu_q", "QuantizeLinear", ["relu"], []), Sketch("conv", "QLinearConv", ["relu_q"], []),
      ] + quantized.dropFirst()
    let choice = try table(mixed).choose("auto", hook: nil)
    #expect(choice.layer.label == "relu" && choice.warning?.contains("gives integers") == true)
  }

  @Test func automaticLayerWithItsRawOutput() throws {
    let choice = try table(residual).choose("auto", hook: .output)
    #expect(choice.layer.label == "/layer4/layer4.1/downsample/downsample.0/Conv")
  }

  @Test(arguments: [
    ("/layer4/layer4.1/conv2/Conv", "/layer4/layer4.1/conv2/Conv"),
    ("/conv1/Conv_out", "/conv1/Conv"),
    // A module is what it gives on.
    ("layer4", "/layer4/layer4.1/relu_1/Relu"),
    ("layer4.1", "/layer4/layer4.1/relu_1/Relu"),
    ("layer4.1.conv2", "/layer4/layer4.1/conv2/Conv"),
    // The children of a sequence repeat its name.
    ("layer4.1.downsample.0", "/layer4/layer4.1/downsample/downsample.0/Conv"),
    // Unique ends of names.
    ("relu_1/Relu", "/layer4/layer4.1/relu_1/Relu"),
    ("downsample", "/layer4/layer4.1/downsample/downsample.0/Conv"),
    ("conv:0", "/conv1/Conv"),
    ("conv:-1", "/head/Conv"),
    ("conv:-2", "/layer4/layer4.1/downsample/downsample.0/Conv"),
  ])
  func namesResolve(name: String, node: String) throws {
    #expect(try table(residual).choose(name, hook: nil).layer.label == node)
  }

  @Test func scopesOfThePresentExporterResolve() throws {
    let nodes = [
      Sketch("node_conv2d", "Conv", ["x"], [1, 4, 9, 9], scopes: ["features", "features.12", "features.12.squeeze"]),
      Sketch("node_cat", "Relu", ["node_conv2d"], [1, 4, 9, 9], scopes: ["features", "features.12", "cat_7"]),
      Sketch("node_view", "Flatten", ["node_cat"], [1, 324], scopes: ["view"]),
    ]
    #expect(try table(nodes).choose("features.12", hook: nil).layer.label == "node_cat")
    #expect(try table(nodes).choose("12.squeeze", hook: nil).layer.label == "node_conv2d")
  }

  @Test func aNamedConvolutionIsHookedAsNamedWithAWarning() throws {
    let table = try table(residual)
    let raw = try table.choose("/conv1/Conv", hook: nil)
    #expect(raw.layer.label == "/conv1/Conv")
    #expect(raw.warning?.contains("/relu/Relu") == true)
    let activated = try table.choose("/conv1/Conv", hook: .activation)
    #expect(activated.layer.label == "/relu/Relu")
    #expect(activated.warning == nil)
  }

  @Test func ambiguousNamesListCandidates() throws {
    let error = #expect(throws: ExplainError.self) { try table(residual).choose("Conv", hook: nil) }
    #expect(error?.kind == .invalidRequest)
    #expect(error?.message.contains("'/conv1/Conv_out'") == true)
  }

  @Test func unknownNamesListTheNearest() throws {
    let error = #expect(throws: ExplainError.self) { try table(residual).choose("layer4.1.conv3", hook: nil) }
    #expect(error?.message.contains("the nearest names are 'layer4.1.conv2'") == true)
    #expect(throws: ExplainError.self) { try table(residual).choose("conv:9", hook: nil) }
    #expect(throws: ExplainError.self) { try table(residual).choose("conv:x", hook: nil) }
  }

  @Test func layersWithoutPlacesAreRefusedByName() throws {
    let error = #expect(throws: ExplainError.self) { try table(residual).choose("/Flatten", hook: nil) }
    #expect(error?.message.contains("[1×10]") == true)
  }

  @Test func branchesAreHookedWhereTheyJoin() throws {
    let nodes = [
      Sketch("a", "Conv", ["x"], [1, 4, 5, 5]), Sketch("ra", "Relu", ["a"], [1, 4, 5, 5]),
      Sketch("b", "Conv", ["x"], [1, 4, 5, 5]), Sketch("rb", "Relu", ["b"], [1, 4, 5, 5]),
      Sketch("cat", "Concat", ["ra", "rb"], [1, 8, 5, 5]),
      Sketch("gap", "GlobalAveragePool", ["cat"], [1, 8, 1, 1]),
    ]
    #expect(try table(nodes).choose("auto", hook: nil).layer.label == "cat")
  }

  @Test func gatedActivationsAreFound() throws {
    let nodes = [
      Sketch("a", "Conv", ["x"], [1, 4, 5, 5]), Sketch("s", "Sigmoid", ["a"], [1, 4, 5, 5]),
      Sketch("m", "Mul", ["a", "s"], [1, 4, 5, 5]),
      Sketch("gap", "GlobalAveragePool", ["m"], [1, 4, 1, 1]),
    ]
    #expect(try table(nodes).choose("auto", hook: nil).layer.label == "m")
  }

  @Test func modelsWithoutConvolutionsSaySo() throws {
    let nodes = [Sketch("a", "Relu", ["x"], [1, 4, 5, 5])]
    let error = #expect(throws: ExplainError.self) { try table(nodes).choose("auto", hook: nil) }
    #expect(error?.message.contains("no convolution") == true)
  }

  /// A block with channels last whose other branch only a sum tells the axes of, and attention.
  private var transformer: [Sketch] {
    [
      Sketch("/patch/Conv", "Conv", ["x"], [1, 8, 7, 7]),
      Sketch("/patch/Transpose", "Transpose", ["/patch/Conv"], [1, 7, 7, 8], permutation: [0, 2, 3, 1]),
      Sketch("/block/norm/LayerNormalization", "LayerNormalization", ["/patch/Transpose"], [1, 7, 7, 8]),
      Sketch("/block/Reshape", "Reshape", ["/block/norm/LayerNormalization"], [1, 49, 2, 4]),
      Sketch("/block/q/Transpose", "Transpose", ["/block/Reshape"], [1, 2, 49, 4], permutation: [0, 2, 1, 3]),
      Sketch("/block/k/Transpose", "Transpose", ["/block/Reshape"], [1, 2, 4, 49], permutation: [0, 2, 3, 1]),
      Sketch("/block/MatMul", "MatMul", ["/block/q/Transpose", "/block/k/Transpose"], [1, 2, 49, 49]),
      Sketch("/block/Softmax", "Softmax", ["/block/MatMul"], [1, 2, 49, 49]),
      Sketch("/block/windows/Reshape", "Reshape", ["/block/Softmax"], [1, 7, 7, 8]),
      Sketch("/block/Add", "Add", ["/patch/Transpose", "/block/windows/Reshape"], [1, 7, 7, 8]),
      Sketch("/head/Flatten", "Flatten", ["/block/Add"], [1, 392]),
    ]
  }

  @Test(arguments: [
    ("/block/Add", "image×row×column×channel"),
    ("/block/windows/Reshape", "image×row×column×channel"),
    ("block", "image×row×column×channel"),
    ("/block/q/Transpose", "tokens"),
    ("/block/Softmax", "tokens"),
    ("head", "[1×392]"),
  ])
  func valuesThatAreNoFeatureMapsAreRefused(name: String, axes: String) throws {
    let error = #expect(throws: ExplainError.self) { try table(transformer).choose(name, hook: nil) }
    #expect(error?.kind == .invalidRequest)
    #expect(error?.message.contains("is no feature map") == true)
    #expect(error?.message.contains(axes) == true)
  }

  @Test func automaticLayerBeforeAttentionComesWithAWarning() throws {
    let choice = try table(transformer).choose("auto", hook: nil)
    #expect(choice.layer.label == "/patch/Conv")
    #expect(choice.warning?.contains("attention") == true)
  }

  /// ConvNeXt's block: a depthwise convolution, products with channels last, and back.
  @Test func automaticLayerIsTheSumAfterABlockWithChannelsLast() throws {
    let nodes = [
      Sketch("stem", "Conv", ["x"], [1, 8, 5, 5]), Sketch("depthwise", "Conv", ["stem"], [1, 8, 5, 5]),
      Sketch("last", "Transpose", ["depthwise"], [1, 5, 5, 8], permutation: [0, 2, 3, 1]),
      Sketch("gelu", "Gelu", ["last"], [1, 5, 5, 8]),
      Sketch("first", "Transpose", ["gelu"], [1, 8, 5, 5], permutation: [0, 3, 1, 2]),
      Sketch("sum", "Add", ["first", "stem"], [1, 8, 5, 5]),
      Sketch("gap", "GlobalAveragePool", ["sum"], [1, 8, 1, 1]),
    ]
    let table = try table(nodes)
    #expect(table.layers.map(\.label) == ["stem", "depthwise", "first", "sum", "gap"])
    #expect(try table.choose("auto", hook: nil).layer.label == "sum")
  }
}
