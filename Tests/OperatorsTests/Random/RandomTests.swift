import GraphIR
import Operators
import Tensors
import Testing

@Suite("Random tensors")
struct RandomTests {
  /// Expected values: numpy.random.RandomState(7).rand(5) and randn(5).
  @Test("A seed gives NumPy's numbers")
  func numbers() throws {
    let uniform = try call(
      "RandomUniform", opset: 22, [], attributes: ["shape": .ints([5]), "seed": .float(7), "dtype": .int(11)])[0]
    let rand = [0.0763082894, 0.779918792, 0.438409231, 0.723465178, 0.977989512]
    #expect(zip(uniform.elements(of: Double.self), rand).allSatisfy { abs($0 - $1) < 1e-9 })
    let normal = try call(
      "RandomNormal", opset: 1, [], attributes: ["shape": .ints([5]), "seed": .float(7), "dtype": .int(11)])[0]
    let randn = [1.6905257, -0.465937371, 0.0328201637, 0.407516283, -0.788923029]
    #expect(zip(normal.elements(of: Double.self), randn).allSatisfy { abs($0 - $1) < 1e-7 })
    let scaled = try call(
      "RandomUniformLike", opset: 22, [.counting(5)],
      attributes: ["low": .float(2), "high": .float(4), "seed": .float(7)])[0]
    expect(scaled, isNear: rand.map { Float(2 + 2 * $0) }, shape: [5])
    let shifted = try call(
      "RandomNormalLike", opset: 22, [.counting(5)],
      attributes: ["mean": .float(1), "scale": .float(0.5), "seed": .float(7)])[0]
    expect(shifted, isNear: randn.map { Float(1 + 0.5 * $0) })
  }

  /// Behind 624 words the generator makes new ones; expected values: numpy.random.RandomState(0).rand(700)[[0, 698, 699]].
  @Test("Without a seed, all calls give the numbers of seed 0")
  func unseeded() throws {
    let y = try call("RandomUniform", opset: 22, [], attributes: ["shape": .ints([700])])[0].elements(of: Float.self)
    #expect(zip([y[0], y[698], y[699]], [0.5488135, 0.5181498, 0.8427769]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(
      try call("RandomUniform", opset: 22, [], attributes: ["shape": .ints([700])])[0].elements(of: Float.self) == y)
  }

  @Test("Bernoulli draws as often as the probabilities say")
  func bernoulli() throws {
    let probabilities = Tensor.of(
      [4, 1000], [Float(0), 0.25, 0.75, 1].flatMap { [Float](repeating: $0, count: 1000) })
    let y = try call("Bernoulli", opset: 22, [probabilities], attributes: ["dtype": .int(9)])[0]
    let draws = y.elements(of: Bool.self)
    let counts = (0..<4).map { row in draws[row * 1000..<(row + 1) * 1000].filter { $0 }.count }
    #expect(counts[0] == 0 && counts[3] == 1000)
    // Five standard deviations.
    #expect(abs(counts[1] - 250) < 70 && abs(counts[2] - 750) < 70)
    for wrong in [Float(-0.1), 1.5, .nan] {
      #expect(throws: OperatorError.self) { try call("Bernoulli", opset: 15, [.of([1], [wrong])]) }
    }
  }

  @Test("Multinomial draws as often as the logarithms say, and never what cannot be")
  func multinomial() throws {
    let logits = Tensor.of([2, 3], [-Float.infinity, 0, 1.0986123, 5, 5, -.infinity])
    let y = try call(
      "Multinomial", opset: 7, [logits], attributes: ["sample_size": .int(1000), "dtype": .int(7), "seed": .float(3)])[
        0]
    #expect(y.shape.dimensions == [2, 1000])
    let draws = y.elements(of: Int64.self)
    func count(_ row: Int, _ value: Int64) -> Int { draws[row * 1000..<(row + 1) * 1000].count { $0 == value } }
    #expect(count(0, 0) == 0 && count(1, 2) == 0)
    #expect(abs(count(0, 1) - 250) < 70 && abs(count(0, 2) - 750) < 70 && abs(count(1, 0) - 500) < 80)
    for wrong in [Float.nan, .infinity, -.infinity] {
      #expect(throws: OperatorError.self) { try call("Multinomial", opset: 7, [.of([1, 1], [wrong])]) }
    }
    #expect(throws: OperatorError.self) { try call("Multinomial", opset: 7, [.of([1, 0], [Float]())]) }
    #expect(throws: OperatorError.self) {
      try call("Multinomial", opset: 7, [logits], attributes: ["sample_size": .int(0)])
    }
  }

  @Test("Shapes and types that cannot be")
  func refused() throws {
    #expect(throws: OperatorError.self) { try call("RandomUniform", opset: 22, []) }
    #expect(throws: (any Error).self) {
      try call("RandomUniform", opset: 22, [], attributes: ["shape": .ints([.max, .max])])
    }
    #expect(throws: AllocationError.self) {
      try call("RandomUniform", opset: 22, [], attributes: ["shape": .ints([1 << 40])])
    }
    #expect(throws: OperatorError.self) {
      try call("RandomNormal", opset: 22, [], attributes: ["shape": .ints([1]), "dtype": .int(7)])
    }
    #expect(throws: OperatorError.self) { try call("RandomNormalLike", opset: 22, [.list(1, 2)]) }
  }
}
