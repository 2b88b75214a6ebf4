import Kernels
import Testing

/// A layer with a window, of one image, to test in few words.
struct WindowedLayer: CustomTestStringConvertible {
  let channels: Int
  let outputs: Int
  let height: Int
  let width: Int
  let rows: WindowSteps
  let columns: WindowSteps
  /// How far the window may reach over the last row and the last column.
  let bottom: Int
  let right: Int

  /// - Parameter columns: the same as `rows` unless given.
  init(
    _ channels: Int, to outputs: Int? = nil, _ height: Int, _ width: Int, _ rows: WindowSteps,
    _ columns: WindowSteps? = nil, bottom: Int = 0, right: Int = 0
  ) {
    self.channels = channels
    self.outputs = outputs ?? channels
    self.height = height
    self.width = width
    self.rows = rows
    self.columns = columns ?? rows
    self.bottom = bottom
    self.right = right
  }

  /// A layer whose window reaches over all edges by half of its extent, unequally where that is no whole number.
  init(
    same channels: Int, to outputs: Int? = nil, _ height: Int, _ width: Int, _ rows: WindowSteps, _ columns: WindowSteps
  ) {
    func reach(_ steps: WindowSteps) -> Int { (steps.kernel - 1) * steps.dilation }
    func begun(_ steps: WindowSteps) -> WindowSteps {
      WindowSteps(kernel: steps.kernel, stride: steps.stride, dilation: steps.dilation, begin: reach(steps) / 2)
    }
    self.init(
      channels, to: outputs, height, width, begun(rows), begun(columns), bottom: reach(rows) - reach(rows) / 2,
      right: reach(columns) - reach(columns) / 2)
  }

  var outputHeight: Int { Self.count(rows, height + bottom) }
  var outputWidth: Int { Self.count(columns, width + right) }

  private static func count(_ steps: WindowSteps, _ extent: Int) -> Int {
    (extent + steps.begin - (steps.kernel - 1) * steps.dilation - 1) / steps.stride + 1
  }

  var inputCount: Int { channels * height * width }
  var outputCount: Int { outputs * outputHeight * outputWidth }
  var taps: Int { rows.kernel * columns.kernel }

  /// A map of the input with the margins and rows of zeros that the windows reach over.
  func inputMap(_ input: [Float], lanes: Int) -> GuardedMap {
    let (rows, columns) = (rows.inputs(of: 0..<outputHeight), columns.inputs(of: 0..<outputWidth))
    let layout = RowLayout(channels: channels, height: height, width: width, lanes: lanes)
    return GuardedMap(
      input, layout: layout.margins(left: max(0, -columns.lowerBound), right: max(0, columns.upperBound - width)),
      above: max(0, -rows.lowerBound), below: max(0, rows.upperBound - height))
  }

  /// A layout of the output with margins that nothing may write.
  func outputLayout(lanes: Int) -> RowLayout {
    RowLayout(channels: outputs, height: outputHeight, width: outputWidth, lanes: lanes).margins(left: 2, right: 1)
  }

  /// The places under the window at an output pixel that are inside of the input: the tap's and the plane's index.
  func places(_ y: Int, _ x: Int) -> [(tap: Int, place: Int)] {
    var places: [(tap: Int, place: Int)] = []
    for ky in 0..<rows.kernel {
      let row = y * rows.stride + ky * rows.dilation - rows.begin
      guard row >= 0, row < height else { continue }
      for kx in 0..<columns.kernel {
        let column = x * columns.stride + kx * columns.dilation - columns.begin
        guard column >= 0, column < width else { continue }
        places.append((ky * columns.kernel + kx, row * width + column))
      }
    }
    return places
  }

  /// Calls with each output element's index, channel, and places, in row-major order.
  func forEachOutput(_ body: (Int, Int, [(tap: Int, place: Int)]) -> Void) {
    var index = 0
    let places = (0..<outputHeight).map { y in (0..<outputWidth).map { self.places(y, $0) } }
    for channel in 0..<outputs {
      for row in places {
        for pixel in row {
          body(index, channel, pixel)
          index += 1
        }
      }
    }
  }

  var testDescription: String {
    """
    \(channels) → \(outputs), \(height)×\(width), kernel \(rows.kernel)×\(columns.kernel), strides \(rows.stride), \
    \(columns.stride), dilations \(rows.dilation), \(columns.dilation)
    """
  }
}
