import Tensors

/// An operator of onnxruntime's on one quantized tensor: a function of real numbers between their dequantization and
/// the quantization of what it makes of them.
///
/// Inputs are X, its scale and zero point, and the result's scale and zero point; zero points left out are 0.
///
/// - Source: onnxruntime, ContribOperators.md.
protocol QuantizedFunction: Operator {
  associatedtype Function: Operator

  /// Called with X as float64.
  var function: Function { get }
}

extension QuantizedFunction {
  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.dequantized(0, "X", context)
    let y = try function.evaluate(OperatorInputs([x]), context)[0]
    return [try y.quantized(by: inputs, scale: 3, as: try inputs.required(0, "X").elementType, context)]
  }
}

/// y = 1 / (1 + exp(−x)).
struct QLinearSigmoid: QuantizedFunction {
  let function: Sigmoid

  init(_ node: NodeDescription) { function = Sigmoid(node) }
}

/// y = x where x ≥ 0, else alpha · x.
struct QLinearLeakyRelu: QuantizedFunction {
  let function: LeakyRelu

  init(_ node: NodeDescription) throws(OperatorError) { function = try LeakyRelu(node) }
}

/// y = exp(x) / Σ exp(x) along an axis, as the version of Softmax in attribute `opset` has it.
struct QLinearSoftmax: QuantizedFunction {
  let function: Softmax

  init(_ node: NodeDescription) throws(OperatorError) {
    guard let opset = try node.int("opset") else { throw .malformed("attribute opset is missing") }
    function = try Softmax(node.standing(for: "Softmax", version: opset))
  }
}

/// The mean of each channel, x: N×C×….
struct QLinearGlobalAveragePool: QuantizedFunction {
  let function: GlobalAveragePool

  init(_ node: NodeDescription) throws(OperatorError) {
    try node.requireChannelsFirst()
    function = GlobalAveragePool(node)
  }
}

/// The mean of each window, x: N×C×….
struct QLinearAveragePool: QuantizedFunction {
  let function: AveragePool

  init(_ node: NodeDescription) throws(OperatorError) {
    try node.requireChannelsFirst()
    function = try AveragePool(node.standing(for: "AveragePool", version: 11))
  }
}

extension NodeDescription {
  /// The description of a node of the default domain with the same attributes.
  fileprivate func standing(for name: String, version: Int) -> NodeDescription {
    NodeDescription(
      operatorName: name, version: version, presentInputs: [true], outputCount: 1, attributes: attributes)
  }

  fileprivate func requireChannelsFirst() throws(OperatorError) {
    if try flag("channels_last") { throw .unsupported("attribute channels_last is 1") }
  }
}
