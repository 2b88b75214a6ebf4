import Kernels

/// A scale and an offset for each channel, then clamping.
struct ChannelScaleStep: MapStep {
  let scale: ChannelScale
  let input: MapID
  let output: MapID

  var inputs: [MapID] { [input] }
  var margins: [Margins] { [Margins()] }
  var partCount: Int { 1 }

  func run(images: Range<Int>, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    for image in images { scale.run(input: frame.map(input, image), output: frame.map(output, image), rows: rows) }
  }
}

/// The sum of two maps, clamped.
struct SumStep: MapStep {
  let sum: MapSum
  let inputs: [MapID]
  let output: MapID

  var margins: [Margins] { [Margins(), Margins()] }
  var partCount: Int { 1 }

  func run(images: Range<Int>, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    for image in images {
      sum.run(
        frame.map(inputs[0], image), frame.map(inputs[1], image), output: frame.map(output, image), rows: rows)
    }
  }
}

/// A map's channels copied into a wider map.
struct CopyStep: MapStep {
  let input: MapID
  let output: MapID
  let firstChannel: Int

  var inputs: [MapID] { [input] }
  var margins: [Margins] { [Margins()] }
  var partCount: Int { 1 }

  func run(images: Range<Int>, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    for image in images {
      frame.map(output, image).copyChannels(of: frame.map(input, image), to: firstChannel, rows: rows)
    }
  }
}
