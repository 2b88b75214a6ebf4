import Kernels

/// An activation of a map.
struct ActivationStep: ImageStep {
  let activation: MapActivation
  let input: MapID
  let output: MapID
  let partCount: Int

  /// - Parameter layout: of the output.
  init(_ activation: MapActivation, input: MapID, output: MapID, layout: RowLayout) {
    self.activation = activation
    self.input = input
    self.output = output
    partCount = layout.blocks
  }

  var inputs: [MapID] { [input] }

  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    activation.run(input: frame.map(input, image), output: frame.map(output, image), rows: rows, blocks: parts)
  }
}

/// A step with an activation of what it makes, in place while that is near.
struct ActivatedStep: MapStep {
  let base: any MapStep
  let activation: MapActivation

  var inputs: [MapID] { base.inputs }
  var output: MapID { base.output }
  var margins: [Margins] { base.margins }
  var rowQuantum: Int { base.rowQuantum }
  var weightCount: Int { base.weightCount }
  var partCount: Int { base.partCount }
  func inputRows(for rows: Range<Int>, input: Int) -> Range<Int> { base.inputRows(for: rows, input: input) }
  func blocks(of parts: Range<Int>, in blocks: Int) -> Range<Int> { base.blocks(of: parts, in: blocks) }

  func run(images: Range<Int>, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    base.run(images: images, rows: rows, parts: parts, in: frame)
    let blocks = base.blocks(of: parts, in: frame.layout(of: output).blocks)
    for image in images {
      let map = frame.map(output, image)
      activation.run(input: map, output: map, rows: rows, blocks: blocks)
    }
  }
}
