import Tensors

/// A convolution by its definition, for any number of spatial axes and any floating-point type; sums are made in double
/// precision.
struct PlainConvolution: FloatingVisitor {
  let operands: ConvolutionOperands
  let axes: [WindowAxis]
  let shape: Shape
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let (channels, pool) = (operands.channels, context.pool)
    let (inputPlane, kernel) = (operands.inputPlane, operands.kernelCount)
    let outputPlane = shape.count(of: 2..<shape.rank)
    return try Tensor(shape, of: type, allocator: context.allocator) { y in
      let runs = WindowRuns(axes)
      operands.x.withElements(of: type) { x in
        operands.w.withElements(of: type) { w in
          withOptionalElements(of: operands.bias) { (bias: UnsafePointer<Element>?) in
            nonisolated(unsafe) let (x, w, bias, y) = (x.baseAddress!, w.baseAddress!, bias, y.baseAddress!)
            pool.forEach(shape.count / outputPlane) { plane in
              let (image, channel) = plane.quotientAndRemainder(dividingBy: channels.output)
              let group = channel / channels.outputPerGroup
              withUnsafeTemporaryAllocation(of: Element.Wide.self, capacity: outputPlane) { buffer in
                let sums = buffer.baseAddress!
                sums.initialize(repeating: bias?[channel].wide ?? .zero, count: outputPlane)
                for c in 0..<channels.inputPerGroup {
                  let from = x + (image * channels.input + group * channels.inputPerGroup + c) * inputPlane
                  let weights = w + (channel * channels.inputPerGroup + c) * kernel
                  runs.walk { run in
                    let weight = weights[run.element].wide
                    for i in 0..<run.count {
                      let product = weight.times(from[run.place + i * run.stride].wide)
                      sums[run.window + i] = sums[run.window + i].plus(product)
                    }
                  }
                }
                let to = y + plane * outputPlane
                for i in 0..<outputPlane { to[i] = Element(wide: sums[i]) }
              }
            }
          }
        }
      }
    }
  }
}
