import GraphIR
import Kernels
import Operators
import Tensors

/// The gradient of one convolution with respect to its input, by compiled convolutions of row-major gradients.
final class ConvolutionAdjoint: Sendable {
  private let parts: [(program: Program, phases: [(row: AdjointPhase, column: AdjointPhase)])]
  private let channels: Int
  private let isWhole: Bool

  private static let output = ValueID(2)

  init(_ adjoint: AdjointConvolutions, memoryLimit: Int, pool: ThreadPool) throws {
    (channels, isWhole) = (adjoint.channels, adjoint.isWhole)
    parts = try adjoint.parts.map { part in
      let gradient = try Shape([1, part.weights.shape[1] * adjoint.groups, part.rows.input, part.columns.input])
      let graph = try Graph(
        name: "", values: ["gradient", "filters", "result"].map { Value(name: $0) }, inputs: [ValueID(0)],
        outputs: [Self.output], initializers: [ValueID(1): part.weights],
        nodes: [
          Node(
            name: "", operatorName: "Conv", inputs: [ValueID(0), ValueID(1)], outputs: [Self.output],
            attributes: [
              "pads": .ints(
                [part.rows.begin, part.columns.begin, part.rows.end, part.columns.end].map { Int64($0) }),
              "dilations": .ints([Int64(part.rows.dilation), Int64(part.columns.dilation)]),
              "group": .int(Int64(adjoint.groups)),
            ])
        ], opsets: ["": 13])
      let session = try Session(graph: graph, pool: pool, memoryLimit: memoryLimit)
      let network = try CompiledNetwork(session, input: ValueID(0), imageShape: gradient)
      return (network.program(), part.phases)
    }
  }

  /// The gradient with respect to the input of that shape.
  func gradient(from gradient: Tensor, shape: Shape, _ context: EvaluationContext) throws -> Tensor {
    let results = try parts.map { try $0.program.run(gradient)[Self.output]! }
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
