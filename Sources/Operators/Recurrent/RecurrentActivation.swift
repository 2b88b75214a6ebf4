import Tensors

/// An activation function of a recurrent layer's gates.
///
/// - Source: ONNX operators RNN, GRU and LSTM; defaults of alpha and beta as of the operators of the same names, of which
///   Affine and ScaledTanh were of opset 1.
struct RecurrentActivation: Sendable {
  private enum Function: String, CaseIterable {
    case affine, elu, hardSigmoid, leakyRelu, relu, scaledTanh, sigmoid, softplus, softsign, tanh, thresholdedRelu

    /// What alpha is where nothing is said; NaN where it must be said, nil where the function has none.
    var alpha: Double? {
      switch self {
      case .scaledTanh: .nan
      case .affine, .elu, .thresholdedRelu: 1
      case .hardSigmoid: 0.2
      case .leakyRelu: 0.01
      case .relu, .sigmoid, .softplus, .softsign, .tanh: nil
      }
    }

    /// What beta is where nothing is said; NaN where it must be said, nil where the function has none.
    var beta: Double? {
      switch self {
      case .affine: 0
      case .scaledTanh: .nan
      case .hardSigmoid: 0.5
      default: nil
      }
    }
  }

  private let function: Function
  private let alpha: Double
  private let beta: Double

  /// - Parameters:
  ///   - name: ONNX's, in any case.
  ///   - alphas: values for the functions that have an alpha; the first is taken off by one that does.
  ///   - betas: the same for beta.
  private init(
    _ name: String, _ alphas: inout ArraySlice<Float>, _ betas: inout ArraySlice<Float>
  ) throws(OperatorError) {
    let lowercased = name.lowercased()
    guard let function = Function.allCases.first(where: { $0.rawValue.lowercased() == lowercased }) else {
      throw .unsupported("activation function '\(name)'")
    }
    self.function = function
    alpha = function.alpha.map { normal in alphas.popFirst().map { Double($0) } ?? normal } ?? 0
    beta = function.beta.map { normal in betas.popFirst().map { Double($0) } ?? normal } ?? 0
    guard !alpha.isNaN, !beta.isNaN else {
      throw .malformed("activation function '\(name)' needs an activation_alpha and an activation_beta")
    }
  }

  func callAsFunction(_ x: Double) -> Double {
    switch function {
    case .affine: alpha * x + beta
    case .elu: x >= 0 ? x : alpha * x.exponentialMinusOne
    case .hardSigmoid: min(max(alpha * x + beta, 0), 1)
    case .leakyRelu: x >= 0 ? x : alpha * x
    case .relu: x < 0 ? 0 : x
    case .scaledTanh: alpha * (beta * x).hyperbolicTangent
    case .sigmoid: x.logistic
    case .softplus: max(x, 0) + (-x.magnitude).exponential.logarithmOfOnePlus
    case .softsign: x / (1 + x.magnitude)
    case .tanh: x.hyperbolicTangent
    case .thresholdedRelu: x >= alpha ? x : 0
    }
  }

  /// At kinks that of the side that the value is taken from.
  func derivative(at x: Double) -> Double {
    switch function {
    case .affine: alpha
    case .elu: x >= 0 ? 1 : alpha * x.exponential
    case .hardSigmoid: 0 < alpha * x + beta && alpha * x + beta < 1 ? alpha : 0
    case .leakyRelu: x >= 0 ? 1 : alpha
    case .relu: x > 0 ? 1 : 0
    case .scaledTanh: alpha * beta * (1 - (beta * x).hyperbolicTangent * (beta * x).hyperbolicTangent)
    case .sigmoid: x.logistic * (1 - x.logistic)
    case .softplus: x.logistic
    case .softsign: 1 / ((1 + x.magnitude) * (1 + x.magnitude))
    case .tanh: 1 - x.hyperbolicTangent * x.hyperbolicTangent
    case .thresholdedRelu: x >= alpha ? 1 : 0
    }
  }

  /// The functions of each direction.
  ///
  /// - Parameter defaults: the names for one direction where the attribute `activations` is left out.
  static func functions(
    _ node: NodeDescription, directions: Int, defaults: [String]
  ) throws(OperatorError) -> [[RecurrentActivation]] {
    let names = try node.strings("activations") ?? defaults + defaults
    // The names of both directions may be written for one, as the default of RNN is.
    guard names.count == defaults.count * directions || names.count == defaults.count * 2 else {
      throw .malformed(
        "attribute activations names \(names.count) functions; \(defaults.count) for each direction are expected")
    }
    var alphas = try node.floats("activation_alpha")?[...] ?? []
    var betas = try node.floats("activation_beta")?[...] ?? []
    var functions: [RecurrentActivation] = []
    for name in names.prefix(defaults.count * directions) {
      functions.append(try RecurrentActivation(name, &alphas, &betas))
    }
    return (0..<directions).map { Array(functions[$0 * defaults.count..<($0 + 1) * defaults.count]) }
  }
}
