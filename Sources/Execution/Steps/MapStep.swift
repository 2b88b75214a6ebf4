import Kernels

/// A feature map of a program.
struct MapID: Hashable, Sendable {
  let index: Int
}

/// A part of a program that makes a feature map from others, with the kernels of the channel-blocked layout.
protocol MapStep: Sendable {
  var inputs: [MapID] { get }
  var output: MapID { get }

  /// The margins that the step needs around each of its inputs.
  var margins: [Margins] { get }

  /// Rows are made in multiples of this.
  var rowQuantum: Int { get }

  /// The rows of an input, some of them perhaps outside of it, that some output rows are made from.
  func inputRows(for rows: Range<Int>, input: Int) -> Range<Int>

  /// The floats of its weights.
  var weightCount: Int { get }

  /// Into how many parts the output's channels can be split; each is made on its own.
  var partCount: Int { get }

  /// The blocks of the output's channels that some parts make.
  ///
  /// - Parameter blocks: of the output.
  func blocks(of parts: Range<Int>, in blocks: Int) -> Range<Int>

  /// Makes some rows of some parts of some images.
  ///
  /// - Parameters:
  ///   - images: places in the frame.
  ///   - rows: begins at a multiple of `rowQuantum`, and ends at one or at the last row.
  func run(images: Range<Int>, rows: Range<Int>, parts: Range<Int>, in frame: Frame)
}

/// A step that makes one image after the other. Where it says nothing else it reads its inputs without margins and makes
/// all channels at once.
protocol ImageStep: MapStep {
  /// Makes some rows of some parts of one image.
  func run(image: Int, rows: Range<Int>, parts: Range<Int>, in frame: Frame)
}

extension ImageStep {
  var margins: [Margins] { inputs.map { _ in Margins() } }
  var partCount: Int { 1 }

  func run(images: Range<Int>, rows: Range<Int>, parts: Range<Int>, in frame: Frame) {
    for image in images { run(image: image, rows: rows, parts: parts, in: frame) }
  }
}

/// A step that can make some columns of rows.
protocol ColumnStep: MapStep {
  /// The columns of an input that some output columns are made from; some of them perhaps outside of it.
  func inputColumns(for columns: Range<Int>, input: Int) -> Range<Int>

  /// The output columns, some of them perhaps behind the last, that any of some columns of an input have a part in.
  func outputColumns(from columns: Range<Int>, input: Int) -> Range<Int>

  /// Makes some columns of some rows of one image; more than asked for where columns come in groups.
  func run(image: Int, rows: Range<Int>, columns: Range<Int>, in frame: Frame)
}

extension ColumnStep {
  func inputColumns(for columns: Range<Int>, input: Int) -> Range<Int> { columns }
  func outputColumns(from columns: Range<Int>, input: Int) -> Range<Int> { columns }
}

extension MapStep {
  var rowQuantum: Int { 1 }
  var weightCount: Int { 0 }
  func inputRows(for rows: Range<Int>, input: Int) -> Range<Int> { rows }

  /// All blocks where there is one part, else one block for each.
  func blocks(of parts: Range<Int>, in blocks: Int) -> Range<Int> { partCount == 1 ? 0..<blocks : parts }
}

/// Pixels and rows of zeros around a feature map.
struct Margins: Sendable, Hashable {
  var top = 0
  var bottom = 0
  var left = 0
  var right = 0

  mutating func formUnion(_ other: Margins) {
    top = max(top, other.top)
    bottom = max(bottom, other.bottom)
    left = max(left, other.left)
    right = max(right, other.right)
  }
}
