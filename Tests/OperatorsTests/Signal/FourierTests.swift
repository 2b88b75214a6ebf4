import GraphIR
import Operators
import Tensors
import Testing

/// Expected values from numpy 2's `fft`, rounded to 1e-6.
@Suite("DFT and STFT")
struct FourierTests {
  /// Two lines of six numbers.
  private let numbers = (0..<12).map { Double($0 * 5 % 7 - 3) }

  private func expect(
    _ tensor: Tensor, _ shape: [Int], _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(tensor.shape.dimensions == shape, sourceLocation: sourceLocation)
    let elements = tensor.elements(of: Double.self)
    let isNear = zip(elements, expected).allSatisfy { abs($0 - $1) < 2e-6 }
    #expect(isNear && elements.count == expected.count, "\(elements)", sourceLocation: sourceLocation)
  }

  @Test("Lengths that are no powers of two, cut and along another axis")
  func lengths() throws {
    let y = try call("DFT", opset: 17, [.of([2, 6, 1], numbers)])[0]
    expect(
      y, [2, 6, 2],
      [
        1, 0, -1, 1.732051, -8, -3.464102, -1, 0, -8, 3.464102, -1, -1.732051, -1, 0, -1, 1.732051, -1, 8.660254, -1, 0,
        -1, -8.660254, -1, -1.732051,
      ])
    let cut = try call(
      "DFT", opset: 20, [.of([2, 6, 1], numbers), Tensor(scalar: Int64(5))], attributes: ["onesided": .int(1)])[0]
    expect(
      cut, [2, 3, 2],
      [0, 0, 0.163119, -0.224514, -7.663119, 2.489898, -4, 0, -4.163119, -0.224514, 3.663119, 2.489898])
    let across = try call("DFT", opset: 20, [.of([2, 6, 1], numbers), nil, .list(0)])[0]
    #expect(across.shape.dimensions == [2, 6, 2])
    #expect(Array(across.elements(of: Double.self)[12..<18]) == [-2, 0, 5, 0, -2, 0])
  }

  static let inverses: [(Int, [Double])] = [
    (4, [1.25, 1.25, -1.75, 0.25]), (5, [0.6, 0.658000, 0.738771, -2.774839, 1.778068]),
  ]

  @Test("The inverse of a half gives real numbers", arguments: inverses)
  func inverseOfHalf(length: Int, expected: [Double]) throws {
    let half = Tensor.of([1, 3, 2], [1.0, 2, 3, -1, -2, 4])
    let attributes: [String: Attribute] = ["onesided": .int(1), "inverse": .int(1)]
    expect(
      try call("DFT", opset: 20, [half, Tensor(scalar: Int64(length))], attributes: attributes)[0], [1, length, 1],
      expected)
    if length == 4 { expect(try call("DFT", opset: 17, [half], attributes: attributes)[0], [1, 4, 1], expected) }
  }

  @Test("There and back, for lengths of all kinds", arguments: [1, 2, 3, 7, 64, 100, 257])
  func thereAndBack(length: Int) throws {
    let signal = (0..<2 * length).map { Double($0 * 37 % 101 - 50) }
    let y = try call("DFT", opset: 20, [.of([length, 2], signal)])[0]
    expect(try call("DFT", opset: 20, [y], attributes: ["inverse": .int(1)])[0], [length, 2], signal)
    // Parseval's theorem.
    let energy = y.elements(of: Double.self).map { $0 * $0 }.reduce(0, +) / Double(length)
    #expect(abs(energy / signal.map { $0 * $0 }.reduce(0, +) - 1) < 1e-12)
  }

  /// Expected values from onnxruntime 1.32.
  @Test("STFT with a window")
  func frames() throws {
    let signal = Tensor.of([1, 10, 1], (0..<10).map { Double($0 * 5 % 7 - 3) })
    let window = Tensor.of([4], [1.0, 2, 3, 2])
    let y = try call("STFT", opset: 17, [signal, Tensor(scalar: Int64(3)), window, Tensor(scalar: Int64(4))])[0]
    expect(y, [1, 3, 3, 2], [-3, 0, -3, -8, -3, 0, 5, 0, -5, -8, -3, 0, -1, 0, -7, 6, 11, 0])
  }

  @Test("What does not fit is refused")
  func refused() {
    let x = Tensor.counting(2, 6, 1)
    let one: [String: Attribute] = ["onesided": .int(1)]
    #expect(throws: OperatorError.self) { try call("DFT", opset: 20, [.counting(2, 6, 3)]) }
    #expect(throws: OperatorError.self) { try call("DFT", opset: 20, [.counting(2, 6, 2)], attributes: one) }
    #expect(throws: (any Error).self) { try call("DFT", opset: 20, [x, nil, .list(2)]) }
    #expect(throws: (any Error).self) { try call("DFT", opset: 20, [x, nil, .list(-4)]) }
    for length in [Int.min, 0, 1 << 40, .max] {
      #expect(throws: (any Error).self) { try call("DFT", opset: 20, [x, .list(length)]) }
    }
    #expect(throws: OperatorError.self) { try call("STFT", opset: 17, [x, .list(0), nil, .list(4)]) }
    #expect(throws: OperatorError.self) { try call("STFT", opset: 17, [x, .list(1), nil, .list(7)]) }
    #expect(throws: OperatorError.self) { try call("STFT", opset: 17, [x, .list(1), .counting(3), .list(4)]) }
    #expect(throws: OperatorError.self) { try call("STFT", opset: 17, [.counting(2, 6, 2), .list(1)]) }
  }
}
