import Kernels

/// A gradient where what a clamping has made lies between its bounds.
struct GateStep: ImageStep {
  let gate: MapGate
  let gradient: MapID
  /// What the clamping has made, in the forward pass; the gradient itself where nil.
  let result: MapID?
  let output: MapID

  var inputs: [MapID] { [gradient] }

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    let gradient = frame.map(gradient, image)
    gate.run(
      gradient: gradient, result: result.map { frame.kept!.map($0, image) } ?? gradient,
      output: frame.map(output, image), rows: rows)
  }
}

/// A gradient times the derivative of an activation.
struct ActivationGradientStep: ImageStep {
  let activation: MapActivation
  let gradient: MapID
  /// What the activation was applied to in the forward pass.
  let argument: MapID
  let output: MapID
  let partCount: Int

  var inputs: [MapID] { [gradient] }

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    activation.runGradient(
      frame.map(gradient, image), argument: frame.kept!.map(argument, image), output: frame.map(output, image),
      rows: rows, blocks: parts)
  }
}

/// A gradient times a map of the forward pass, which may have one pixel.
struct KeptProductStep: ImageStep {
  let gradient: MapID
  let factor: MapID
  let output: MapID

  var inputs: [MapID] { [gradient] }

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    MapProduct().run(
      frame.map(gradient, image), frame.kept!.map(factor, image), output: frame.map(output, image), rows: rows)
  }
}

/// The gradient of each window to its largest element in the forward pass.
struct MaxPoolGradientStep: ImageStep {
  let pooling: MaxPoolGradient
  let gradient: MapID
  /// What was pooled.
  let pooled: MapID
  let output: MapID
  let partCount: Int
  /// The rows of the gradient.
  let windows: Int

  var inputs: [MapID] { [gradient] }
  func inputRows(for rows: Range<Int>, input: Int) -> Range<Int> {
    pooling.rows.outputs(covering: rows).clamped(to: 0..<windows)
  }

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    pooling.run(
      input: frame.kept!.map(pooled, image), gradient: frame.map(gradient, image), output: frame.map(output, image),
      rows: rows, blocks: parts)
  }
}

/// One pixel times a factor, for all pixels.
struct SpreadStep: ImageStep {
  let factor: Float
  let pixel: MapID
  let output: MapID

  var inputs: [MapID] { [pixel] }
  func inputRows(for rows: Range<Int>, input: Int) -> Range<Int> { 0..<1 }

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    frame.map(output, image).spread(frame.map(pixel, image), times: factor, rows: rows)
  }
}

/// The gradients of a strided convolution's phases, put in their places; zeros where no window is.
struct PhaseStep: ImageStep {
  /// Places that have a convolution's result.
  struct Phase {
    let input: Int
    /// The first of the input's channels that are its own.
    let firstChannel: Int
    let row: AdjointPhase
    let column: AdjointPhase
  }

  let phases: [Phase]
  let inputs: [MapID]
  let output: MapID

  /// Ends where the rows before end, too, that need nothing of the input: both bounds rise with the rows.
  func inputRows(for rows: Range<Int>, input: Int) -> Range<Int> {
    let ranges = phases.filter { $0.input == input }.map { $0.row.indices(in: rows) }
    return (ranges.map(\.lowerBound).min() ?? 0)..<(ranges.map(\.upperBound).max() ?? 0)
  }

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    let target = frame.map(output, image)
    let sources = inputs.map { frame.map($0, image) }
    target.clear(rows: rows)
    for phase in phases {
      for index in phase.row.indices(in: rows) {
        target.placePixels(
          of: sources[phase.input], row: index, firstChannel: phase.firstChannel, count: phase.column.count,
          in: phase.row.place(index), first: phase.column.place(0), step: phase.column.stride)
      }
    }
  }
}

extension AdjointPhase {
  /// The places that lie in a range, by their numbers; where there are none, the number of those before it.
  func indices(in range: Range<Int>) -> Range<Int> {
    func number(below place: Int) -> Int { place <= first ? 0 : min((place - first + stride - 1) / stride, count) }
    return number(below: range.lowerBound)..<number(below: range.upperBound)
  }
}
