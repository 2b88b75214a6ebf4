import Kernels
import Tensors

/// The Fourier transforms of frames that slide along a signal: [N, L, 1 or 2] gives [N, frames, bins, 2].
///
/// A frame starts every `frame_step` elements, ends before the signal does, and is weighted by the window where there is
/// one. With `onesided`, which is the default, the signal is real and the bins are the first half and one.
///
/// - Source: ONNX operator STFT 17.
struct STFT: Operator {
  private let isOneSided: Bool

  init(_ node: NodeDescription) throws(OperatorError) { isOneSided = try node.flag("onesided", default: true) }

  func evaluate(_ inputs: OperatorInputs, _ context: EvaluationContext) throws -> [Tensor] {
    let signal = try inputs.required(0, "signal")
    let parts = try signal.partsOfNumbers(named: "signal")
    guard signal.shape.rank == 3 else {
      throw OperatorError.mismatched("signal has shape \(signal.shape); N×L×1 or N×L×2 is expected")
    }
    guard parts == 1 || !isOneSided else {
      throw OperatorError.mismatched("onesided transforms take real numbers; the signal has shape \(signal.shape)")
    }
    guard let step = try inputs.integer(1, "frame_step"), step >= 1 else {
      throw OperatorError.mismatched("frame_step is not a positive number")
    }
    let window = try inputs.optional(2).map { try Self.weights($0, for: signal) }
    let extent = signal.shape[1]
    let length = try inputs.integer(3, "frame_length") ?? window?.count ?? extent
    guard window == nil || window?.count == length, length <= extent else {
      throw OperatorError.mismatched(
        "frames of length \(length) do not fit a signal of length \(extent)"
          + (window.map { " and a window of length \($0.count)" } ?? ""))
    }
    let transform = try FourierTransform(length: length, context)
    let frameCount = (extent - length) / step + 1
    let bins = isOneSided ? length / 2 + 1 : length
    let shape = try Shape([signal.shape[0], frameCount, bins, 2])

    let source = try signal.doubles()
    let result = try Tensor(shape, of: Double.self, allocator: context.allocator) { target in
      nonisolated(unsafe) let target = target
      context.pool.forEachChunk(of: signal.shape[0] * frameCount, size: max(1, ThreadPool.chunk / length)) { frames in
        for frame in frames {
          let start = frame / frameCount * extent + frame % frameCount * step
          var values = (0..<length).map { index in
            let place = (start + index) * parts
            return Complex(source[place], parts == 2 ? source[place + 1] : 0) * (window?[index] ?? 1)
          }
          transform.transform(&values, inverse: false)
          for bin in 0..<bins {
            target[(frame * bins + bin) * 2] = values[bin].x
            target[(frame * bins + bin) * 2 + 1] = values[bin].y
          }
        }
      }
    }
    return [try result.rounded(to: signal.elementType, context)]
  }

  private static func weights(_ window: Tensor, for signal: Tensor) throws -> [Double] {
    guard window.shape.rank == 1, window.elementType == signal.elementType else {
      throw OperatorError.mismatched(
        "window is of \(window.elementType) and shape \(window.shape); a list of \(signal.elementType) is expected")
    }
    return try window.doubles()
  }
}
