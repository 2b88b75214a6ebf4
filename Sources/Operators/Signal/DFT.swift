import Kernels
import Tensors

/// The discrete Fourier transform along an axis of real numbers […, 1] or complex numbers […, 2].
///
/// The signal is cut or padded with zeros to `dft_length`. With `onesided`, the forward transform of real numbers gives
/// the N/2 + 1 values that the others follow from, and the inverse takes those and gives N real numbers […, 1]; the
/// imaginary parts that a real signal's transform cannot have are then ignored.
///
/// Complexity: N log N for each line.
///
/// - Source: ONNX operator DFT 17 (`axis` as an attribute), 20 (as an input).
struct DFT: Operator {
  private let axis: ListParameter
  private let isInverse: Bool
  private let isOneSided: Bool

  init(_ node: NodeDescription) throws(OperatorError) {
    axis = node.version >= 20 ? .input(2) : .attribute([try node.int("axis") ?? 1])
    isInverse = try node.flag("inverse")
    isOneSided = try node.flag("onesided")
  }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input")
    let parts = try x.partsOfNumbers(named: "input")
    let axes = try axis.values(inputs, "axis") ?? [-2]
    guard axes.count == 1 else { throw OperatorError.mismatched("axis has \(axes.count) elements, not one") }
    let axis = try x.shape.normalizedAxis(axes[0])
    guard axis != x.shape.rank - 1 else {
      throw OperatorError.mismatched("axis \(axis) is the one of real and imaginary parts; no transform goes along it")
    }
    guard parts == 1 || isInverse || !isOneSided else {
      throw OperatorError.mismatched("a onesided transform takes real numbers; the input has shape \(x.shape)")
    }
    let extent = x.shape[axis]
    let natural = isInverse && isOneSided ? 2 * (extent - 1) : extent
    let transform = try FourierTransform(length: try inputs.integer(1, "dft_length") ?? natural, context)
    let layout = Layout(x.shape, axis: axis, parts: parts)
    let half = transform.length / 2 + 1
    let shape = try Shape(
      x.shape.dimensions[..<axis] + [isOneSided && !isInverse ? half : transform.length]
        + x.shape.dimensions[(axis + 1)...].dropLast() + [isOneSided && isInverse ? 1 : 2])

    let source = try x.doubles()
    let result = try Tensor(shape, of: Double.self, allocator: context.allocator) { target in
      guard shape.count > 0 else { return }
      nonisolated(unsafe) let target = target
      let outputs = Layout(shape, axis: axis, parts: shape.dimensions.last!)
      context.pool.forEachChunk(of: outputs.lineCount, size: max(1, ThreadPool.chunk / transform.length)) { lines in
        for line in lines {
          var values = [Complex](repeating: .zero, count: transform.length)
          for step in 0..<min(layout.extent, isInverse && isOneSided ? half : transform.length) {
            values[step] = layout.number(in: source, line: line, step: step)
          }
          if isInverse && isOneSided { Self.mirror(&values) }
          transform.transform(&values, inverse: isInverse)
          let scale = isInverse ? 1 / Double(transform.length) : 1
          for step in 0..<outputs.extent {
            let place = outputs.place(line: line, step: step)
            target[place] = values[step].x * scale
            if outputs.parts == 2 { target[place + 1] = values[step].y * scale }
          }
        }
      }
    }
    return [try result.rounded(to: x.elementType, context)]
  }

  /// Makes the transform of a real signal of its first N/2 + 1 values.
  private static func mirror(_ values: inout [Complex]) {
    let count = values.count
    values[0].y = 0
    if count % 2 == 0 { values[count / 2].y = 0 }
    for index in 1..<max(1, (count + 1) / 2) { values[count - index] = values[index].conjugate }
  }

  /// Where the numbers of a line lie.
  private struct Layout {
    let extent: Int
    let parts: Int
    let lineCount: Int
    private let inner: Int

    init(_ shape: Shape, axis: Int, parts: Int) {
      extent = shape[axis]
      self.parts = parts
      inner = shape.count(of: axis + 1..<shape.rank - 1)
      lineCount = shape.count(of: 0..<axis) * inner
    }

    func place(line: Int, step: Int) -> Int { ((line / inner * extent + step) * inner + line % inner) * parts }

    func number(in elements: [Double], line: Int, step: Int) -> Complex {
      let place = place(line: line, step: step)
      return Complex(elements[place], parts == 2 ? elements[place + 1] : 0)
    }
  }
}

extension Tensor {
  /// How many parts each number has along the last axis: 1 where they are real, 2 where they are complex.
  ///
  /// - Throws: `mismatched` for any other extent, and where the elements are not floating-point numbers.
  func partsOfNumbers(named name: String) throws(OperatorError) -> Int {
    guard elementType.isFloatingPoint else {
      throw .mismatched("input \(name) is of \(elementType); a floating-point type is expected")
    }
    guard shape.rank >= 2, let parts = shape.dimensions.last, parts == 1 || parts == 2 else {
      throw .mismatched("input \(name) has shape \(shape); the last of two or more extents is to be 1 or 2")
    }
    return parts
  }
}
