import Kernels

/// A scale and an offset for each channel, then clamping.
struct ChannelScaleStep: ImageStep {
  let scale: ChannelScale
  let input: MapID
  let output: MapID

  var inputs: [MapID] { [input] }

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    scale.run(input: frame.map(input, image), output: frame.map(output, image), rows: rows)
  }
}

/// The sum of two maps, clamped.
struct SumStep: ImageStep {
  let sum: MapSum
  let inputs: [MapID]
  let output: MapID

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    sum.run(
      frame.map(inputs[0], image), frame.map(inputs[1], image), output: frame.map(output, image), rows: rows)
  }
}

/// The product of two maps, the second of which may have one pixel.
struct ProductStep: ImageStep {
  let inputs: [MapID]
  let output: MapID
  /// Whether the second map has one pixel for all of the first one's.
  let isSecondPixel: Bool

  func inputRows(for rows: Range<Int>, input: Int) -> Range<Int> { input == 1 && isSecondPixel ? 0..<1 : rows }

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    MapProduct().run(
      frame.map(inputs[0], image), frame.map(inputs[1], image), output: frame.map(output, image), rows: rows)
  }
}

/// Local response normalization.
struct LocalResponseStep: ImageStep {
  let normalization: LocalResponse
  let input: MapID
  let output: MapID

  var inputs: [MapID] { [input] }

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    normalization.run(input: frame.map(input, image), output: frame.map(output, image), rows: rows)
  }
}

/// A map's channels copied into a wider map.
struct CopyStep: ImageStep {
  let input: MapID
  let output: MapID
  let firstChannel: Int

  var inputs: [MapID] { [input] }

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    frame.map(output, image).copyChannels(of: frame.map(input, image), to: firstChannel, rows: rows)
  }
}

/// A map's channels in another order: channel i of each of some equal groups, for all i.
struct ShuffleStep: ImageStep {
  let input: MapID
  let output: MapID
  let groups: Int
  let partCount: Int

  var inputs: [MapID] { [input] }

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    frame.map(output, image).shuffleChannels(of: frame.map(input, image), groups: groups, rows: rows, blocks: parts)
  }
}
