public import GraphIR
import Kernels
public import Tensors

/// Whether a model takes several images at a time, found out by trying.
public struct BatchSupport: Sendable {
  /// The session that takes several images, or else the given one.
  public let session: Session

  /// Whether several images give, bit for bit, what each gives alone.
  public let isBatched: Bool

  /// Why, as a clause.
  public let reason: String

  /// Tries `session` with two images at a time. Where the file fixes the batch to 1, tries it with the reshapes'
  /// constant leading 1 read as "whatever the input has".
  ///
  /// Complexity: four to six forward passes.
  ///
  /// - Parameters:
  ///   - sample: one input, with a first extent of 1.
  ///   - input: the graph's input it is for.
  ///   - values: what will be fetched.
  public init(
    probing session: Session, sample: Tensor, input: ValueID, fetching values: [ValueID]
  ) throws(ExecutionError) {
    let dimensions = session.graph.values[input.index].declared?.dimensions
    let isFixed = dimensions?.first?.fixedExtent != nil
    if try BatchSupport.agrees(session, sample: sample, input: input, values: values) {
      self.init(session: session, isBatched: true, reason: "the graph takes any batch")
      return
    }
    if isFixed, let graph = session.graph.relaxingBatch() {
      let relaxed = try Session(graph: graph, pool: session.pool, memoryLimit: session.memoryLimit)
      if try BatchSupport.agrees(relaxed, sample: sample, input: input, values: values) {
        self.init(
          session: relaxed, isBatched: true,
          reason: "exported for one image; its reshapes were made to keep the batch")
        return
      }
    }
    self.init(
      session: session, isBatched: false, reason: "the graph gives other results in batches: images run one by one")
  }

  private init(session: Session, isBatched: Bool, reason: String) {
    self.session = session
    self.isBatched = isBatched
    self.reason = reason
  }

  /// Whether two different images together give the bits that they give apart.
  private static func agrees(
    _ session: Session, sample: Tensor, input: ValueID, values: [ValueID]
  ) throws(ExecutionError) -> Bool {
    guard sample.elementType == .float32, sample.shape.rank >= 2, sample.shape[0] == 1 else { return false }
    let plan = session.plan(fetching: values)
    let other = sample.mirrored()
    guard let pair = try? Tensor.stacked([sample, other]),
      let together = try? session.run([input: pair], plan: plan, anyBatch: true)
    else { return false }
    for (index, single) in [sample, other].enumerated() {
      let apart = try session.run([input: single], plan: plan)
      for value in values {
        guard let left = together[value], let right = apart[value] else { return false }
        guard left.shape.rank >= 1, left.shape[0] == 2, right.shape.rank >= 1, right.shape[0] == 1,
          left.elementType != .string, left.elementType == right.elementType
        else { return false }
        let row = left.rows(index..<index + 1)
        guard row.shape == right.shape, row.hasSameBytes(as: right) else { return false }
      }
    }
    return true
  }
}

extension Tensor {
  /// Tensors of one float32 shape with a first extent of 1, one after the other.
  public static func stacked(_ tensors: [Tensor]) throws -> Tensor {
    let shape = try Shape([tensors.count] + tensors[0].shape.dimensions.dropFirst())
    return try Tensor(shape, tensors[0].elementType) { bytes in
      var offset = 0
      for tensor in tensors {
        tensor.withUnsafeBytes { source in
          if source.count > 0 {
            UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<offset + source.count]).copyMemory(from: source)
          }
          offset += source.count
        }
      }
    }
  }

  /// Whether all bytes are equal; the shapes are not compared.
  func hasSameBytes(as other: Tensor) -> Bool {
    withUnsafeBytes { left in other.withUnsafeBytes { right in left.elementsEqual(right) } }
  }

  /// The elements in reverse order: an image that is different in every respect, in the same range of values.
  fileprivate func mirrored() -> Tensor { Tensor(shape, Array(elements(of: Float.self).reversed())) }
}
