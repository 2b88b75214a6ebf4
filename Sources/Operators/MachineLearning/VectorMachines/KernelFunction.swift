import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How like two examples are in a support vector machine.
enum KernelFunction: Sendable {
  case linear
  /// (gamma·⟨a, b⟩ + offset) to the power of `degree`.
  case polynomial(gamma: Double, offset: Double, degree: Double)
  /// exp(−gamma·‖a − b‖²).
  case radial(gamma: Double)
  /// tanh(gamma·⟨a, b⟩ + offset).
  case sigmoid(gamma: Double, offset: Double)

  /// Reads the attributes `kernel_type` and `kernel_params`.
  init(_ node: NodeDescription) throws(OperatorError) {
    let parameters = (try node.floats("kernel_params") ?? []).map { Double($0) }
    let name = try node.string("kernel_type") ?? "LINEAR"
    guard parameters.count == 3 || (parameters.isEmpty && name == "LINEAR") else {
      throw .malformed("kernel_params hold \(parameters.count) numbers; gamma, coef0 and degree are expected")
    }
    switch name {
    case "LINEAR": self = .linear
    case "POLY": self = .polynomial(gamma: parameters[0], offset: parameters[1], degree: parameters[2])
    case "RBF": self = .radial(gamma: parameters[0])
    case "SIGMOID": self = .sigmoid(gamma: parameters[0], offset: parameters[1])
    default: throw .malformed("kernel_type is '\(name)', not LINEAR, POLY, RBF or SIGMOID")
    }
  }

  func value(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
    if case .radial(let gamma) = self {
      return exp(-gamma * zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
    }
    let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    return switch self {
    case .polynomial(let gamma, let offset, let degree): pow(gamma * product + offset, degree)
    case .sigmoid(let gamma, let offset): tanh(gamma * product + offset)
    case .linear, .radial: product
    }
  }
}

/// The examples that a support vector machine compares with.
struct SupportVectors: Sendable {
  let count: Int
  let featureCount: Int
  private let vectors: [Double]
  private let kernel: KernelFunction

  /// Reads the attribute `support_vectors` as `count` rows.
  init(_ node: NodeDescription, count: Int) throws(OperatorError) {
    guard let vectors = try node.floats("support_vectors"), count >= 1, !vectors.isEmpty, vectors.count % count == 0
    else {
      throw .malformed("support_vectors do not make \(count) rows")
    }
    self.count = count
    featureCount = vectors.count / count
    self.vectors = vectors.map { Double($0) }
    kernel = try KernelFunction(node)
  }

  /// How like `row` is to each of them.
  func values(for row: ArraySlice<Double>) -> [Double] {
    (0..<count).map { kernel.value(row, vectors[$0 * featureCount..<($0 + 1) * featureCount]) }
  }
}
