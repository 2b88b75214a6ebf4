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
struct AdjointConvolutions: Sendable {
  /// A convolution that makes the gradient of one phase along each axis, or of several, one behind the other.
  struct Part: Sendable {
    let weights: Tensor
    /// The windows on the output's gradient.
    let rows: WindowAxis
    let columns: WindowAxis
    let phases: [(row: AdjointPhase, column: AdjointPhase)]
  }

  let parts: [Part]
  let groups: Int

  /// The input's channels.
  let channels: Int

  /// Whether there is one part that makes all places in their order.
  let isWhole: Bool

  /// - Parameters:
  ///   - weights: float32, M×(C / groups)×height×width.
  ///   - rows: the windows along the rows of the convolution's input, and `columns` along its columns.
  /// - Returns: nil where windows are both dilated and strided, or lie partly outside of the padding.
  init?(weights: Tensor, rows: WindowAxis, columns: WindowAxis, groups: Int) throws {
    guard let rowPhases = AdjointPhase.phases(of: rows), let columnPhases = AdjointPhase.phases(of: columns) else {
      return nil
    }
    self.groups = groups
    channels = weights.shape[1] * groups
    let pairs = rowPhases.flatMap { row in columnPhases.map { (row: row, column: $0) } }
    isWhole = pairs.count == 1 && rows.stride == 1 && columns.stride == 1
    let filters = AdjointFilters(weights: weights, groups: groups)
    // A block of output channels costs the same when it is not full, so that the phases of few share one.
    let isJoined = pairs.count > 1 && channels * pairs.count <= InstructionSet.current.lanes && groups == 1
    var parts: [Part] = []
    for phases in isJoined ? [pairs] : pairs.map({ [$0] }) {
      let row = AdjointPhase.joined(phases.map(\.row))
      let column = AdjointPhase.joined(phases.map(\.column))
      guard row.end(rows.output) >= 0, column.end(columns.output) >= 0 else { return nil }
      parts.append(
        Part(
          weights: try filters.kernel(phases: phases, row: row, column: column), rows: row.windows(on: rows.output),
          columns: column.windows(on: columns.output), phases: phases))
    }
    self.parts = parts
  }
}

extension AdjointPhase {
  /// The convolution's windows on a gradient of that extent.
  fileprivate func windows(on extent: Int) -> WindowAxis {
    WindowAxis(
      input: extent, output: count, kernel: elements.count, stride: 1, dilation: dilation, begin: begin,
      end: end(extent))
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
