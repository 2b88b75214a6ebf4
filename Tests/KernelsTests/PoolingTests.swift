import Kernels
import Testing

@Suite("Pooling")
struct PoolingTests {
  private static let windows: [Window2D] = [
    try! Window2D(input: .init(1), kernel: .init(1)),
    try! Window2D(input: .init(height: 11, width: 37), kernel: .init(3), strides: .init(2), pads: .init(1)),
    try! Window2D(input: .init(height: 10, width: 36), kernel: .init(2), strides: .init(2)),
    try! Window2D(input: .init(height: 9, width: 20), kernel: .init(3), pads: .init(1)),
    try! Window2D(
      input: .init(height: 12, width: 31), kernel: .init(height: 2, width: 4), strides: .init(height: 1, width: 3),
      dilations: .init(height: 3, width: 2), pads: .init(top: 0, left: 2, bottom: 1, right: 3)),
    try! Window2D(
      input: .init(7), kernel: .init(3), strides: .init(2), output: .init(height: 4, width: 4)),
  ]

  @Test("Maximum", arguments: InstructionSet.available, windows)
  func maximum(set: InstructionSet, window: Window2D) {
    let (input, result) = pooled(.maximum, window, set)
    for index in result.indices {
      #expect(result[index] == elements(input, under: window, at: index).max())
    }
  }

  @Test("Average of the elements inside", arguments: InstructionSet.available, windows)
  func average(set: InstructionSet, window: Window2D) {
    let (input, result) = pooled(.average(countsPads: false), window, set)
    for index in result.indices {
      let elements = elements(input, under: window, at: index).map { Double($0) }
      #expect(abs(Double(result[index]) - elements.reduce(0, +) / Double(elements.count)) < 1e-6)
    }
  }

  @Test("Average with the pads", arguments: InstructionSet.available)
  func averageWithPads(set: InstructionSet) throws {
    // With these numbers the ceiling of the output's extent lets the last window reach beyond the pads.
    let window = try Window2D(
      input: .init(height: 1, width: 5), kernel: .init(height: 1, width: 3), strides: .init(2),
      pads: .init(top: 0, left: 1, bottom: 0, right: 1), output: .init(height: 1, width: 4))
    let input = Floats([1, 2, 3, 4, 5])
    let output = Floats(count: 4)
    pool2D(
      .average(countsPads: true), planes: 1, window: window, input: input.start, output: output.start,
      pool: ThreadPool(threadCount: 1), instructionSet: set)
    // (0 + 1 + 2) / 3, (2 + 3 + 4) / 3, (4 + 5 + 0) / 3, and one place of padding.
    #expect(output.elements == [1, 3, 3, 0])
  }

  @Test("The gradient goes to each window's first largest element", arguments: InstructionSet.available, windows)
  func gradientOfMaximum(set: InstructionSet, window: Window2D) {
    // Few different values, so that many windows have several largest elements.
    let input = Floats(numbers(3 * window.input.count).map { ($0 * 2).rounded() })
    let values = input.elements
    let gradient = Floats(numbers(3 * window.output.count))
    let result = Floats(count: 3 * window.input.count)
    maxPoolGradient2D(
      planes: 3, window: window, input: input.start, gradient: gradient.start, result: result.start,
      pool: ThreadPool(threadCount: 2), instructionSet: set)
    var expected = [Float](repeating: 0, count: 3 * window.input.count)
    for index in 0..<3 * window.output.count {
      let places = places(under: window, at: index)
      let largest = places.map { values[$0] }.max()
      guard let place = places.first(where: { values[$0] == largest }) else { continue }
      expected[place] += gradient.elements[index]
    }
    #expect(result.elements == expected)
  }

  @Test("The gradient goes to the first NaN of a window", arguments: InstructionSet.available)
  func gradientOfNaN(set: InstructionSet) throws {
    let window = try Window2D(input: .init(height: 1, width: 6), kernel: .init(height: 1, width: 3))
    let input = Floats([1, .nan, .nan, 2, -.infinity, -.infinity])
    let gradient = Floats([1, 2, 4, 8])
    let result = Floats(count: 6)
    maxPoolGradient2D(
      planes: 1, window: window, input: input.start, gradient: gradient.start, result: result.start,
      pool: ThreadPool(threadCount: 1), instructionSet: set)
    #expect(result.elements == [0, 3, 4, 8, 0, 0])
  }

  @Test("A NaN under the window is its maximum", arguments: InstructionSet.available)
  func maximumOfNaN(set: InstructionSet) throws {
    let window = try Window2D(input: .init(height: 1, width: 6), kernel: .init(height: 1, width: 2))
    let input = Floats([1, .nan, 0, 2, 3, -.infinity])
    let output = Floats(count: 5)
    pool2D(
      .maximum, planes: 1, window: window, input: input.start, output: output.start,
      pool: ThreadPool(threadCount: 1), instructionSet: set)
    #expect(output.elements.map(\.isNaN) == [true, true, false, false, false])
    #expect(output.elements[2...] == [2, 3, 3])
  }

  private func pooled(_ pooling: Pooling2D, _ window: Window2D, _ set: InstructionSet) -> ([Float], [Float]) {
    let input = Floats(numbers(3 * window.input.count))
    let output = Floats(count: 3 * window.output.count)
    pool2D(
      pooling, planes: 3, window: window, input: input.start, output: output.start, pool: ThreadPool(threadCount: 2),
      instructionSet: set)
    return (input.elements, output.elements)
  }

  private func elements(_ input: [Float], under window: Window2D, at index: Int) -> [Float] {
    places(under: window, at: index).map { input[$0] }
  }

  /// Where the elements under the window lie that are inside of the input, in row-major order.
  private func places(under window: Window2D, at index: Int) -> [Int] {
    let (plane, pixel) = index.quotientAndRemainder(dividingBy: window.output.count)
    let (y, x) = pixel.quotientAndRemainder(dividingBy: window.output.width)
    return window.places.compactMap { (ky, kx) in
      let fromY = y * window.strides.height + ky * window.dilations.height - window.pads.top
      let fromX = x * window.strides.width + kx * window.dilations.width - window.pads.left
      guard (0..<window.input.height).contains(fromY), (0..<window.input.width).contains(fromX) else { return nil }
      return plane * window.input.count + fromY * window.input.width + fromX
    }
  }
}
