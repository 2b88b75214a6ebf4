/// A convolution's weights, laid out once in the order in which the kernels read them.
public struct PackedConvolutionWeights: Sendable {
  public let groups: Int
  public let inputChannels: Int
  public let outputChannels: Int
  public let kernel: Window2D.Extent
  public let instructionSet: InstructionSet
  let form: Form

  enum Form: Sendable {
    /// For each group a matrix with a row for each output channel.
    case matrices([PackedMatrix])
    /// The filters as they are; each output channel has one input channel.
    case planes(FloatStorage)
  }

  /// Packs row-major weights of [outputChannels, inputChannels / groups, height, width].
  ///
  /// - Precondition: `weights` has the geometry's `weightCount` elements.
  public init(
    _ weights: UnsafePointer<Float>, for geometry: Convolution2D, instructionSet: InstructionSet = .current
  ) {
    groups = geometry.groups
    inputChannels = geometry.inputChannels
    outputChannels = geometry.outputChannels
    kernel = geometry.window.kernel
    self.instructionSet = instructionSet
    let rows = geometry.outputChannelsPerGroup
    let depth = geometry.inputChannelsPerGroup * geometry.window.kernel.count
    // A matrix tile would stay mostly empty with so few output channels to an input channel.
    if geometry.groups > 1, geometry.inputChannelsPerGroup == 1, rows < 4 {
      let storage = FloatStorage(count: geometry.weightCount)
      storage.start.update(from: weights, count: geometry.weightCount)
      form = .planes(storage)
    } else {
      form = .matrices(
        (0..<geometry.groups).map { group in
          PackedMatrix(
            MatrixView(weights + group * rows * depth, rowStride: depth), rows: rows, columns: depth, side: .left,
            instructionSet: instructionSet)
        })
    }
  }

  func fits(_ geometry: Convolution2D) -> Bool {
    groups == geometry.groups && inputChannels == geometry.inputChannels && outputChannels == geometry.outputChannels
      && kernel == geometry.window.kernel
  }
}
