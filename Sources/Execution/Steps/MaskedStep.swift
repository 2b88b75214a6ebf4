import Kernels

/// The first layer of masked images, from what the nodes of their masks' grid contribute to it.
struct MaskedStep: MapStep {
  let output: MapID

  var inputs: [MapID] { [] }
  var margins: [Margins] { [] }
  var partCount: Int { 1 }

  func run(images: Range<Int>, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    run(images: images, rows: rows, columns: nil, in: frame)
  }

  /// Makes some columns of some rows of some images; nil is all columns.
  func run(images: Range<Int>, rows: Range<Int>, columns: Range<Int>?, in frame: Frame) {
    let masked = frame.masked!
    masked.coefficients.withUnsafeBufferPointer { coefficients in
      masked.convolution.run(
        coefficients: images.map {
          coefficients.baseAddress! + (frame.firstImage + $0) * masked.convolution.nodeCount
        },
        outputs: images.map { frame.map(output, $0) }, rows: rows, columns: columns)
    }
  }
}
