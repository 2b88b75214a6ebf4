import Tensors

/// The gradient of a convolution's weights: for each pair of channels and each kernel element the sum, over all images
/// and windows, of a window's value times the element's in its place.
struct KernelGradient: FloatingVisitor {
  /// N×A×…, an element for each window: the gradient of a convolution, the input of a transposed one.
  let windows: Tensor
  /// N×B×…, what the windows lie on.
  let places: Tensor
  let axes: [WindowAxis]
  let groups: Int
  /// A×(B / groups)×….
  let shape: Shape
  let context: EvaluationContext

  func visit<Element: RealElement>(_ type: Element.Type) throws -> Tensor {
    let (perGroup, kernel) = (shape[1], shape.count(of: 2..<shape.rank))
    let (images, rows, columns) = (windows.shape[0], windows.shape[1], places.shape[1])
    let (windowPlane, placePlane) = (
      windows.shape.count(of: 2..<windows.shape.rank), places.shape.count(of: 2..<places.shape.rank)
    )
    return try Tensor(shape, of: type, allocator: context.allocator) { result in
      let runs = WindowRuns(axes)
      windows.withElements(of: type) { windows in
        places.withElements(of: type) { places in
          nonisolated(unsafe) let (windows, places) = (windows.baseAddress, places.baseAddress)
          nonisolated(unsafe) let result = result.baseAddress!
          context.pool.forEach(rows * perGroup) { pair in
            let (row, member) = pair.quotientAndRemainder(dividingBy: perGroup)
            let column = row / (rows / groups) * perGroup + member
            withUnsafeTemporaryAllocation(of: Double.self, capacity: kernel) { buffer in
              let sums = buffer.baseAddress!
              sums.initialize(repeating: 0, count: kernel)
              if let windows, let places {
                for image in 0..<images {
                  let left = windows + (image * rows + row) * windowPlane
                  let right = places + (image * columns + column) * placePlane
                  runs.walk { run in
                    sums[run.element] += laneSum(run.count) { index in
                      Double(left[run.window + index]) * Double(right[run.place + index * run.stride])
                    }
                  }
                }
              }
              for element in 0..<kernel { result[pair * kernel + element] = Element(sums[element]) }
            }
          }
        }
      }
    }
  }
}

extension GradientReads {
  /// The weights for the input's gradient, the input for the weights'.
  static func convolution(wanted: [Bool]) -> GradientReads {
    GradientReads(inputs: (wanted[0] ? [1] : []) + (wanted.count > 1 && wanted[1] ? [0] : []))
  }
}

extension Tensor {
  /// The sum of all elements of each channel, N×C×….
  func channelSums(_ context: EvaluationContext) throws -> Tensor {
    try sum(along: (0..<shape.rank).filter { $0 != 1 }, context)
  }
}
