import Tensors

/// How a window hands its gradient to its elements.
enum PoolingShare: Sendable {
  /// In equal parts; the padding takes its part where it counts.
  case average(countsPadding: Bool)
  /// To the first of the largest elements.
  case largest
  /// In proportion to the sign of x times |x|^(p − 1), over y^(p − 1).
  case norm(p: Double)
}

/// The gradient of what a pooling operator has pooled, N×C×….
struct PoolingGradient: FloatingVisitor {
  let share: PoolingShare
  let axes: [WindowAxis]
  let gradient: Tensor
  /// The pooled tensor's.
  let shape: Shape
  /// Read for the largest elements and norms.
  let x: Tensor?
  /// Read for norms.
  let y: Tensor?
  let context: EvaluationContext

  /// Each plane is worked on by one thread, in one order.
  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let planes = shape[0] * shape[1]
    guard shape.count > 0, gradient.count > 0 else { return try .zeros(shape, gradient.elementType, context) }
    let (inputPlane, outputPlane) = (shape.count / planes, gradient.count / planes)
    return try Tensor(shape, of: type, allocator: context.allocator) { target in
      let runs = WindowRuns(axes)
      let parts = windowParts().map { Element($0) }
      gradient.withElements(of: type) { gradient in
        withOptionalElements(of: x) { (x: UnsafePointer<Element>?) in
          withOptionalElements(of: y) { (y: UnsafePointer<Element>?) in
            nonisolated(unsafe) let (gradient, x, y) = (gradient.baseAddress!, x, y)
            nonisolated(unsafe) let target = target.baseAddress!
            context.pool.forEach(planes) { plane in
              let to = target + plane * inputPlane
              to.initialize(repeating: 0, count: inputPlane)
              let from = gradient + plane * outputPlane
              switch share {
              case .average:
                parts.withUnsafeBufferPointer { parts in
                  runs.walk { run in
                    for i in 0..<run.count {
                      to[run.place + i * run.stride] += from[run.window + i] * parts[run.window + i]
                    }
                  }
                }
              case .largest:
                hand(from, toLargestOf: x! + plane * inputPlane, windows: outputPlane, runs, to)
              case .norm(let p):
                let (x, y) = (x! + plane * inputPlane, y! + plane * outputPlane)
                runs.walk { run in
                  for i in 0..<run.count where y[run.window + i] != 0 {
                    let element = Double(x[run.place + i * run.stride])
                    let ratio = (element.magnitude / Double(y[run.window + i])).power(p - 1)
                    let part = element == 0 ? 0 : element < 0 ? -ratio : ratio
                    to[run.place + i * run.stride] += from[run.window + i] * Element(part)
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// Finds each window's first largest element, a NaN counting as larger than all others, and adds the gradient there.
  private func hand<Element: RealElement>(
    _ gradient: UnsafePointer<Element>, toLargestOf x: UnsafePointer<Element>, windows: Int, _ runs: WindowRuns,
    _ target: UnsafeMutablePointer<Element>
  ) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: windows) { buffer in
      let places = buffer.baseAddress!
      places.initialize(repeating: -1, count: windows)
      runs.walk { run in
        for i in 0..<run.count {
          let (place, best) = (run.place + i * run.stride, places[run.window + i])
          let isLarger = best < 0 || x[place] > x[best] || (x[place].isNaN && !x[best].isNaN)
          places[run.window + i] = isLarger ? place : best
        }
      }
      for window in 0..<windows where places[window] >= 0 { target[places[window]] += gradient[window] }
    }
  }

  /// One over how many elements each window's mean is of.
  private func windowParts() -> [Double] {
    guard case .average(let countsPadding) = share else { return [] }
    var parts = [1.0]
    for axis in axes {
      let counts = (0..<axis.output).map { countsPadding ? axis.paddedCount($0) : axis.inside($0).count }
      parts = parts.flatMap { part in counts.map { $0 == 0 ? 0 : part / Double($0) } }
    }
    return parts
  }
}
