import GraphIR
import Kernels
import Operators
import Tensors

/// The gradient of a convolution with respect to its input, as convolutions of stride 1 of the output's gradient.
///
/// With p = s·i + k·d − b for element k of window i at place p, ∂L/∂x[p] = Σ ∂L/∂y[i] · w[k] over all i and k that give p.
/// The places of one phase, those with the same rest of p + b modulo s, share the kernel elements k ≡ rest (mod s), and
/// are themselves a convolution of ∂L/∂y with these elements in reverse order, input and output channels changing
/// places. A stride of 1 has one phase.
///
/// - Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", arXiv 1603.07285, chapter 4.
final class ConvolutionAdjoint: Sendable {
  /// A convolution that makes the gradient of one phase along each axis, or of several, one behind the other.
  private struct Part {
    let program: Program
    let output: ValueID
    let phases: [(row: AdjointPhase, column: AdjointPhase)]
  }

  private let parts: [Part]
  private let channels: Int
  private let isWhole: Bool

  /// - Parameters:
  ///   - weights: float32, M×(C / groups)×height×width.
  ///   - rows: the windows along the rows of the convolution's input, and `columns` along its columns.
  /// - Returns: nil where windows are both dilated and strided, or lie partly outside of the padding.
  init?(
    weights: Tensor, rows: WindowAxis, columns: WindowAxis, groups: Int, memoryLimit: Int, pool: ThreadPool
  ) throws {
    guard let rowPhases = AdjointPhase.phases(of: rows), let columnPhases = AdjointPhase.phases(of: columns) else {
      return nil
    }
    channels = weights.shape[1] * groups
    let pairs = rowPhases.flatMap { row in columnPhases.map { (row: row, column: $0) } }
    isWhole = pairs.count == 1 && rows.stride == 1 && columns.stride == 1
    let gradient = try Shape([1, weights.shape[0], rows.output, columns.output])
    let filters = AdjointFilters(weights: weights, groups: groups)
    // A block of output channels costs the same when it is not full, so that the phases of few share one.
    let isJoined = pairs.count > 1 && channels * pairs.count <= InstructionSet.current.lanes && groups == 1
    var parts: [Part] = []
    for phases in isJoined ? [pairs] : pairs.map({ [$0] }) {
      let row = AdjointPhase.joined(phases.map(\.row))
      let column = AdjointPhase.joined(phases.map(\.column))
      guard row.end(gradient[2]) >= 0, column.end(gradient[3]) >= 0 else { return nil }
      let kernel = try filters.kernel(phases: phases, row: row, column: column)
      let graph = try Graph(
        name: "", values: ["gradient", "filters", "result"].map { Value(name: $0) }, inputs: [ValueID(0)],
        outputs: [ValueID(2)], initializers: [ValueID(1): kernel],
        nodes: [
          Node(
            name: "", operatorName: "Conv", inputs: [ValueID(0), ValueID(1)], outputs: [ValueID(2)],
            attributes: [
              "pads": .ints(
                [row.begin, column.begin, row.end(gradient[2]), column.end(gradient[3])].map { Int64($0) }),
              "dilations": .ints([Int64(row.dilation), Int64(column.dilation)]), "group": .int(Int64(groups)),
            ])
        ], opsets: ["": 13])
      let session = try Session(graph: graph, pool: pool, memoryLimit: memoryLimit)
      let network = try CompiledNetwork(session, input: ValueID(0), imageShape: gradient)
      parts.append(Part(program: network.program(), output: ValueID(2), phases: phases))
    }
    self.parts = parts
  }

  /// The gradient with respect to the input of that shape.
  func gradient(from gradient: Tensor, shape: Shape, _ context: EvaluationContext) throws -> Tensor {
    let results = try parts.map { try $0.program.run(gradient)[$0.output]! }
    if isWhole { return results[0] }
    let planes = shape[0] * shape[1]
    let (height, width) = (shape[2], shape[3])
    return try Tensor(shape, of: Float.self, allocator: context.allocator) { target in
      target.update(repeating: 0)
      nonisolated(unsafe) let target = target.baseAddress!
      for (part, result) in zip(parts, results) {
        let (rows, columns) = (result.shape[2], result.shape[3])
        result.withElements(of: Float.self) { source in
          nonisolated(unsafe) let source = source.baseAddress!
          context.pool.forEach(planes) { plane in
            let (image, channel) = plane.quotientAndRemainder(dividingBy: channels)
            for (number, phase) in part.phases.enumerated() {
              let from =
                source + ((image * part.phases.count + number) * channels + channel) * rows * columns
              for row in 0..<phase.row.count {
                let line = from + row * columns
                let to = target + (plane * height + phase.row.place(row)) * width + phase.column.place(0)
                let step = phase.column.stride
                for column in 0..<phase.column.count { to[column * step] = line[column] }
              }
            }
          }
        }
      }
    }
  }
}

/// The places along one axis that share kernel elements, and the convolution that makes their gradient.
struct AdjointPhase {
  /// The convolution's kernel elements as indices of the forward one's; nil for a 0.
  fileprivate(set) var elements: [Int?]
  /// Zeros in front of the gradient.
  fileprivate(set) var begin: Int
  /// How many places there are.
  fileprivate(set) var count: Int
  let dilation: Int
  /// The first place, and from one to the next.
  fileprivate let first: Int
  let stride: Int

  func place(_ index: Int) -> Int { first + index * stride }

  /// Zeros behind a gradient of that extent.
  func end(_ extent: Int) -> Int { count - extent - begin + (elements.count - 1) * dilation }

  /// The phases that have kernel elements; nil where there is no such convolution.
  static func phases(of axis: WindowAxis) -> [AdjointPhase]? {
    guard axis.stride == 1 || axis.dilation == 1 else { return nil }
    let (stride, pad) = (axis.stride, axis.begin)
    var phases: [AdjointPhase] = []
    for rest in 0..<min(stride, axis.kernel) {
      let elements = Array(Swift.stride(from: rest, to: axis.kernel, by: stride).reversed())
      // Place stride · q + rest − pad takes the windows q − t, t counting the elements.
      let low = max(0, (pad - rest + stride - 1) / stride)
      let high = (axis.input - 1 + pad - rest) / stride
      guard axis.input - 1 + pad - rest >= 0, high >= low else { continue }
      let begin = (elements.count - 1) * axis.dilation - low
      guard begin >= 0 else { return nil }
      phases.append(
        AdjointPhase(
          elements: elements, begin: begin, count: high - low + 1, dilation: axis.dilation,
          first: stride * low + rest - pad, stride: stride))
    }
    return phases.isEmpty || phases.contains { $0.end(axis.output) < 0 } ? nil : phases
  }

  /// A convolution that does the work of several phases, whose kernels get zeros where they are shorter.
  fileprivate static func joined(_ phases: [AdjointPhase]) -> AdjointPhase {
    var result = phases[0]
    result.begin = phases.reduce(0) { max($0, $1.begin) }
    result.count = phases.reduce(0) { max($0, $1.count) }
    let length = phases.reduce(0) { max($0, result.begin - $1.begin + $1.elements.count) }
    result.elements = phases.count == 1 ? result.elements : [Int?](repeating: nil, count: length)
    return result
  }

  /// The elements with zeros in front and behind as in a joined convolution.
  fileprivate func elements(in joined: AdjointPhase) -> [Int?] {
    let front = [Int?](repeating: nil, count: joined.begin - begin)
    let padded = front + elements
    return padded + [Int?](repeating: nil, count: joined.elements.count - padded.count)
  }
}

/// A convolution's weights with input and output channels in each other's place.
private struct AdjointFilters {
  let weights: Tensor
  let groups: Int

  /// Row-major [phases · C, M / groups, rows, columns].
  func kernel(
    phases: [(row: AdjointPhase, column: AdjointPhase)], row: AdjointPhase, column: AdjointPhase
  ) throws -> Tensor {
    let (outputs, inputsPerGroup) = (weights.shape[0] / groups, weights.shape[1])
    let (height, width) = (weights.shape[2], weights.shape[3])
    let channels = inputsPerGroup * groups
    let shape = try Shape([phases.count * channels, outputs, row.elements.count, column.elements.count])
    return try Tensor(shape, of: Float.self) { target in
      weights.withElementsOnce(of: Float.self) { source in
        var place = 0
        for phase in phases {
          let (rows, columns) = (phase.row.elements(in: row), phase.column.elements(in: column))
          for channel in 0..<channels {
            let (group, member) = channel.quotientAndRemainder(dividingBy: inputsPerGroup)
            for output in group * outputs..<(group + 1) * outputs {
              let filter = (output * inputsPerGroup + member) * height * width
              for y in rows {
                for x in columns {
                  if let y, let x { target[place] = source[filter + y * width + x] } else { target[place] = 0 }
                  place += 1
                }
              }
            }
          }
        }
      }
    }
  }
}
