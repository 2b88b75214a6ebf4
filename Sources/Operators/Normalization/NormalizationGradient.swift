import Tensors

/// The gradient of rows that are centred and divided by a measure of their spread, and these rows themselves.
///
/// With the distances d = x − mean (or x itself where rows are not centred), y = d · r and r a function of v = mean of d²:
/// ∂L/∂x = r · (∂L/∂y − mean of ∂L/∂y) − s · d · mean of ∂L/∂y · d, the first mean falling away where rows are not
/// centred, with s = −2 · dr/dv.
///
/// - Source: Ioffe and Szegedy, "Batch Normalization", arXiv 1502.03167, section 3, for rows instead of batches; Ba et al.,
///   "Layer Normalization", arXiv 1607.06450; Zhang and Sennrich, "Root Mean Square Layer Normalization", arXiv 1910.07467.
struct RowNormalization: Sendable {
  enum Spread: Sendable {
    /// √(v + epsilon).
    case shiftedRoot(epsilon: Float)
    /// √v + epsilon.
    case rootPlus(epsilon: Double)
  }

  let isCentered: Bool
  let spread: Spread
  /// The elements of a row.
  let length: Int

  /// r and s for a variance.
  fileprivate func factors(_ variance: Double) -> (scale: Double, slope: Double) {
    switch spread {
    case .shiftedRoot(let epsilon):
      let scale = 1 / (variance + Double(epsilon)).squareRoot()
      return (scale, scale * scale * scale)
    case .rootPlus(let epsilon):
      let deviation = variance.squareRoot()
      let scale = 1 / (deviation + epsilon)
      return (scale, deviation == 0 ? 0 : scale * scale / deviation)
    }
  }

  /// The gradient with respect to x.
  ///
  /// - Parameter gradient: with respect to the normalized rows; of the shape of x.
  func gradient(_ gradient: Tensor, of x: Tensor, _ context: EvaluationContext) throws -> Tensor {
    guard x.count > 0 else { return x }
    return try x.elementType.visited(
      byFloating: RowGradient(rows: self, x: x, gradient: gradient, context: context))
  }

  /// The normalized rows.
  func normalized(_ x: Tensor, _ context: EvaluationContext) throws -> Tensor {
    guard x.count > 0 else { return x }
    return try x.elementType.visited(byFloating: RowScaling(rows: self, x: x, context: context))
  }

  fileprivate func moments<Element: RealElement>(_ row: UnsafePointer<Element>) -> Moments {
    var moments = Moments(row, count: length)
    if !isCentered {
      moments.variance += moments.mean * moments.mean
      moments.mean = 0
    }
    return moments
  }
}

private struct RowGradient: FloatingVisitor {
  let rows: RowNormalization
  let x: Tensor
  let gradient: Tensor
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let (rows, length) = (rows, rows.length)
    return try gradient.withElements(of: type) { gradient in
      nonisolated(unsafe) let gradient = gradient.baseAddress!
      return try x.mapRows(of: type, length: length, context) { source, target, row in
        let received = gradient + row * length
        let moments = rows.moments(source)
        let (scale, slope) = rows.factors(moments.variance)
        let count = Double(length)
        let mean = rows.isCentered ? laneSum(length) { Double(received[$0]) } / count : 0
        let share =
          slope * laneSum(length) { Double(received[$0]) * (Double(source[$0]) - moments.mean) } / count
        for index in 0..<length {
          target[index] = Element(
            scale * (Double(received[index]) - mean) - share * (Double(source[index]) - moments.mean))
        }
      }
    }
  }
}

private struct RowScaling: FloatingVisitor {
  let rows: RowNormalization
  let x: Tensor
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let (rows, length) = (rows, rows.length)
    return try x.mapRows(of: type, length: length, context) { source, target, _ in
      let moments = rows.moments(source)
      let scale = rows.factors(moments.variance).scale
      for index in 0..<length { target[index] = Element((Double(source[index]) - moments.mean) * scale) }
    }
  }
}

extension RowNormalization {
  /// The gradients of x, a scale that multiplies the normalized rows, and a bias that is added; scale and bias broadcast
  /// to x in the shape `parameterShape`.
  func gradients(_ call: GradientCall, parameterShape: Shape) throws -> [Tensor?] {
    let (context, gradient) = (call.context, try call.gradient())
    return try call.forEachWanted { index in
      switch index {
      case 0:
        let scale = try call.input(1).reshaped(to: parameterShape)
        return try self.gradient(gradient.times(scale, context), of: call.input(0), context)
      case 1:
        let products = try gradient.times(normalized(call.input(0), context), context)
        return try products.summed(to: parameterShape, context).reshaped(to: call.shape(1))
      default: return try gradient.summed(to: parameterShape, context).reshaped(to: call.shape(2))
      }
    }
  }
}
