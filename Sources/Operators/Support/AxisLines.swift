import Kernels
import Tensors

/// The lines of a tensor that an operator treats one by one: along one axis, or along all from one axis on.
struct AxisLines: Sendable {
  private let axis: Int
  private let joinsFollowing: Bool

  /// - Parameters:
  ///   - axis: counted from the end where negative.
  ///   - joinsFollowing: whether a line goes on through all the following axes.
  init(along axis: Int, joinsFollowing: Bool = false) {
    self.axis = axis
    self.joinsFollowing = joinsFollowing
  }

  /// The lines of Softmax and its kin.
  ///
  /// - Source: ONNX operators Softmax, LogSoftmax and Hardmax 1, 11 (the axes from `axis` on are taken together; 1 by
  ///   default), 13 (one axis; the last by default).
  init(softmax node: NodeDescription) throws(OperatorError) {
    joinsFollowing = node.version < 13
    axis = try node.int("axis") ?? (joinsFollowing ? 1 : -1)
  }

  /// How many elements stand before, along and behind the lines' axes.
  ///
  /// - Throws: `mismatched` where the axis is outside of the rank.
  private func extents(of shape: Shape) throws(OperatorError) -> (rows: Int, length: Int, columns: Int) {
    if joinsFollowing, axis == shape.rank { return (shape.count, 1, 1) }
    // A scalar stands alone along its only axis.
    if shape.rank == 0, axis == -1 || axis == 0 { return (1, 1, 1) }
    let first = try shape.checkedAxis(axis)
    let last = joinsFollowing ? shape.rank : first + 1
    return (shape.count(of: 0..<first), shape.count(of: first..<last), shape.count(of: last..<shape.rank))
  }

  /// A tensor of the shape of `x`, of which `body` makes every line.
  ///
  /// - Parameter body: takes a line, replaces its values, and may leave anything in the scratch memory.
  @inline(__always)
  fileprivate func mapped<Element: RealElement>(
    _ x: Tensor, of type: Element.Type, _ context: EvaluationContext,
    _ body: @Sendable (UnsafeMutableBufferPointer<Element>) -> Void
  ) throws -> Tensor {
    let (rows, length, columns) = try extents(of: x.shape)
    return try Tensor(x.shape, of: type, allocator: context.allocator) { target in
      x.withElements(of: type) { source in
        guard x.count > 0 else { return }
        nonisolated(unsafe) let source = source.baseAddress!
        nonisolated(unsafe) let target = target.baseAddress!
        context.pool.forEachChunk(of: rows * columns, size: max(1, 2048 / length)) { lines in
          if columns == 1 {
            for line in lines {
              let values = UnsafeMutableBufferPointer(start: target + line * length, count: length)
              _ = values.update(fromContentsOf: UnsafeBufferPointer(start: source + line * length, count: length))
              body(values)
            }
            return
          }
          withUnsafeTemporaryAllocation(of: Element.self, capacity: length) { values in
            for line in lines {
              let start = line / columns * length * columns + line % columns
              for index in 0..<length {
                values.initializeElement(at: index, to: source[start + index * columns])
              }
              body(values)
              for index in 0..<length { target[start + index * columns] = values[index] }
            }
          }
        }
      }
    }
  }
}

/// An operator that makes each line of its result from the one at the same place of its floating-point input.
protocol LineFunction: Operator {
  var lines: AxisLines { get }

  /// Replaces the values of a line.
  func replace<Real: RealElement>(_ line: UnsafeMutableBufferPointer<Real>)
}

extension LineFunction {
  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let x = try inputs.required(0, "input")
    let visitor = LineVisitor(function: self, x: try x.widened(context), context: context)
    return [try x.elementType.visited(byFloating: visitor).cast(to: x.elementType, context)]
  }
}

private struct LineVisitor<Function: LineFunction>: FloatingVisitor {
  let function: Function
  let x: Tensor
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let function = function
    return try function.lines.mapped(x, of: type, context) { function.replace($0) }
  }
}

extension UnsafeMutableBufferPointer where Element: RealElement {
  /// The largest of the elements; NaN if one is.
  ///
  /// - Precondition: there is one.
  var largest: Element {
    var largest = self[0]
    for index in 1..<count where self[index] > largest || self[index].isNaN { largest = self[index] }
    return largest
  }

  /// Subtracts `offset` from each element.
  func subtract(_ offset: Element) {
    for index in indices { self[index] -= offset }
  }
}

/// What is made of two lines at the same place.
protocol LinePairing: Sendable {
  /// Replaces the values of the first line.
  func replace<Real: RealElement>(_ line: UnsafeMutableBufferPointer<Real>, with other: UnsafeBufferPointer<Real>)
}

extension AxisLines {
  /// A tensor of what `pairing` makes of the lines of two tensors of one shape, both float32 or float64.
  func combined<Pairing: LinePairing>(
    _ first: Tensor, _ second: Tensor, by pairing: Pairing, _ context: EvaluationContext
  ) throws -> Tensor {
    try first.elementType.visited(
      byFloating: LinePairingVisitor(lines: self, first: first, second: second, pairing: pairing, context: context))
  }

  /// - Parameter body: as for `mapped`, with the line of `second` at the same place.
  fileprivate func mapped<Element: RealElement>(
    _ first: Tensor, _ second: Tensor, of type: Element.Type, _ context: EvaluationContext,
    _ body: @Sendable (UnsafeMutableBufferPointer<Element>, UnsafeBufferPointer<Element>) -> Void
  ) throws -> Tensor {
    let (rows, length, columns) = try extents(of: first.shape)
    return try Tensor(first.shape, of: type, allocator: context.allocator) { target in
      first.withElements(of: type) { left in
        second.withElements(of: type) { right in
          guard first.count > 0 else { return }
          nonisolated(unsafe) let (left, right) = (left.baseAddress!, right.baseAddress!)
          nonisolated(unsafe) let target = target.baseAddress!
          context.pool.forEachChunk(of: rows * columns, size: max(1, 2048 / length)) { lines in
            withUnsafeTemporaryAllocation(of: Element.self, capacity: 2 * length) { values in
              let line = UnsafeMutableBufferPointer(rebasing: values[..<length])
              let other = UnsafeBufferPointer(rebasing: values[length...])
              for number in lines {
                let start = number / columns * length * columns + number % columns
                for index in 0..<length {
                  values.initializeElement(at: index, to: left[start + index * columns])
                  values.initializeElement(at: length + index, to: right[start + index * columns])
                }
                body(line, other)
                for index in 0..<length { target[start + index * columns] = line[index] }
              }
            }
          }
        }
      }
    }
  }
}

private struct LinePairingVisitor<Pairing: LinePairing>: FloatingVisitor {
  let lines: AxisLines
  let first: Tensor
  let second: Tensor
  let pairing: Pairing
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let pairing = pairing
    return try lines.mapped(first, second, of: type, context) { pairing.replace($0, with: $1) }
  }
}
