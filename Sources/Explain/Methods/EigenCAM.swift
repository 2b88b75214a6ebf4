import Tensors

/// Eigen-CAM: the activation projected on its first principal component. No class has a part in it.
///
/// Places are rows and channels columns; columns are centred, as pytorch-grad-cam does and the paper does not. The
/// component's sign, which the method leaves open, is the one that makes the value of largest magnitude positive. The map
/// is ReLU of the projection, resized and brought to 0…1.
///
/// - Source: Muhammad and Yeasin, "Eigen-CAM: Class Activation Map using Principal Components", IJCNN 2020; the sign:
///   Chung and Ying, "Seg-Eigen-CAM", Applied Sciences 15(13), 2025, equation 13.
public struct EigenCAM: Explainer {
  public let layer: HookableLayer

  public init(layer: HookableLayer) { self.layer = layer }

  public var record: ExplainerRecord { ExplainerRecord(method: ExplanationMethod.eigenCAM.name) }

  public func explain(
    _ input: ExplainedInput, classes: [Int], progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> ExplainerResult {
    let activation = try input.activation(of: layer)
    let map = EigenCAM.projection(of: activation).finished(for: input.classifier)
    return ExplainerResult(classes.map { Explanation(classIndex: $0, map: map) }, record: record)
  }

  /// The places' coordinates along the first principal component.
  static func projection(of activation: Tensor) -> SaliencyMap {
    let (channelCount, height, width) = (activation.shape[1], activation.shape[2], activation.shape[3])
    let size = height * width
    // channels × places
    var centred = activation.elements(of: Float.self).map(Double.init)
    for channel in 0..<channelCount {
      let range = channel * size..<(channel + 1) * size
      let mean = centred[range].reduce(0, +) / Double(size)
      for index in range { centred[index] -= mean }
    }
    var coordinates = LeadingComponent.coordinates(of: centred, rows: channelCount, columns: size)
    let (low, high) = (coordinates.min() ?? 0, coordinates.max() ?? 0)
    if abs(low) > abs(high) { coordinates = coordinates.map { -$0 } }
    return SaliencyMap(width: width, height: height, values: coordinates.map { Float($0) })
  }
}

/// The first principal component, by power iteration on the smaller of the two products with the transpose.
enum LeadingComponent {
  /// σ·v of the largest singular value σ of a rows×columns matrix X and its right vector v: the columns' coordinates
  /// along the leading direction of the rows' space.
  ///
  /// Complexity: O(min(r, c)·r·c), and O(min(r, c)²) for each round of at most 20 000.
  static func coordinates(of matrix: [Double], rows: Int, columns: Int) -> [Double] {
    let isWide = rows <= columns
    let size = min(rows, columns)
    // X·Xᵀ where rows are fewer, else Xᵀ·X.
    var product = [Double](repeating: 0, count: size * size)
    for i in 0..<size {
      for j in 0...i {
        var sum = 0.0
        if isWide {
          for column in 0..<columns { sum += matrix[i * columns + column] * matrix[j * columns + column] }
        } else {
          for row in 0..<rows { sum += matrix[row * columns + i] * matrix[row * columns + j] }
        }
        product[i * size + j] = sum
        product[j * size + i] = sum
      }
    }
    let vector = leadingEigenvector(of: product, size: size)
    if isWide {
      // Xᵀu = σv.
      return (0..<columns).map { column in
        (0..<rows).reduce(0) { $0 + vector[$1] * matrix[$1 * columns + column] }
      }
    }
    let lengths = (0..<rows).map { row in
      (0..<columns).reduce(0) { $0 + vector[$1] * matrix[row * columns + $1] }
    }
    let singularValue = lengths.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return vector.map { $0 * singularValue }
  }

  /// The eigenvector of the largest eigenvalue of a symmetric matrix without negative eigenvalues, of length 1.
  private static func leadingEigenvector(of matrix: [Double], size: Int) -> [Double] {
    // A start that no eigenvector of a real activation is at right angles to, the same every time.
    let field = RandomField(seed: 0)
    var vector = (0..<size).map { 0.5 + field.uniform($0) }
    for _ in 0..<20_000 {
      var next = [Double](repeating: 0, count: size)
      for i in 0..<size {
        var sum = 0.0
        for j in 0..<size { sum += matrix[i * size + j] * vector[j] }
        next[i] = sum
      }
      let length = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0 else { return vector.map { _ in 0 } }
      var change = 0.0
      for i in 0..<size {
        next[i] /= length
        change = max(change, abs(next[i] - vector[i]))
      }
      vector = next
      if change < 1e-13 { break }
    }
    return vector
  }
}

extension ExplanationMethod {
  public static let eigenCAM = ExplanationMethod(
    "eigen-cam", title: "Eigen-CAM",
    summary: "the first principal component of a layer's activation, whatever the class", hooksLayer: true
  ) { EigenCAM(layer: $0.layer!) }
}
