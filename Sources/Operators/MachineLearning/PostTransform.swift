import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a model makes of the scores of an example at the end.
enum PostTransform: Sendable {
  case none, softmax, logistic

  /// Reads the attribute `post_transform`.
  ///
  /// - Throws: `unsupported` for SOFTMAX_ZERO and PROBIT, whose results the specification does not define.
  init(_ node: NodeDescription) throws(OperatorError) {
    let name = try node.string("post_transform") ?? "NONE"
    guard let number = Self.names.firstIndex(of: name) else {
      throw .malformed("post_transform is '\(name)', which there is not")
    }
    try self.init(number: number)
  }

  /// The transform of a number, as TreeEnsemble has them.
  init(number: Int) throws(OperatorError) {
    switch number {
    case 0: self = .none
    case 1: self = .softmax
    case 2: self = .logistic
    case 3, 4: throw .unsupported("post_transform \(Self.names[number])")
    default: throw .malformed("post_transform is \(number), not 0 to 4")
    }
  }

  private static let names = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"]

  /// Refuses a transform of a single score, which ONNX's text asks for and onnxruntime leaves out.
  func requireSeveral(_ scoreCount: Int) throws(OperatorError) {
    guard self == .none || scoreCount > 1 else { throw .unsupported("a post_transform of a single score") }
  }

  func applied(to scores: [Double]) -> [Double] {
    switch self {
    case .none: return scores
    case .logistic: return scores.map { Self.logistic($0) }
    case .softmax:
      let largest = scores.max() ?? 0
      let powers = scores.map { exp($0 - largest) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    }
  }

  static func logistic(_ score: Double) -> Double { 1 / (1 + exp(-score)) }
}
