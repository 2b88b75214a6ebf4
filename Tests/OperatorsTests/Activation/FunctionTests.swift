import Operators
import Tensors
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// float32 functions against the C library's in double precision.
@Suite("Functions in single precision")
struct FunctionTests {
  /// Values near 0, of every size up to 120, and where the functions change their form or end.
  static let x: [Float] = {
    var x: [Float] = (-12_000...12_000).map { Float($0) / 100 }
    x += (1...1_000).map { Float($0) / 1_000 }
    x += [1e-30, -1e-30, 0x1p-126, 88.7, 88.8, -87.3, -103.9, -104.1, 0.92, 0.93, 4.001, 1e30, -1e30]
    return x + [.infinity, -.infinity]
  }()

  /// How many steps of a float a result is from the true value; from one without a float, in steps of the smallest.
  private func worstError(_ name: String, _ reference: (Double) -> Double) throws -> Double {
    let y = try call(name, opset: 13, [.of([FunctionTests.x.count], FunctionTests.x)])[0].elements(of: Float.self)
    var worst = 0.0
    for (x, y) in zip(FunctionTests.x, y) {
      let expected = reference(Double(x))
      if Float(expected) == y { continue }
      worst = max(worst, abs(Double(y) - expected) / Double(Float(expected).ulp))
    }
    return worst
  }

  @Test func exponential() throws { #expect(try worstError("Exp", exp) < 2) }

  @Test func hyperbolicTangent() throws { #expect(try worstError("Tanh", tanh) < 4) }

  @Test func errorFunction() throws { #expect(try worstError("Erf", erf) < 4) }

  // Below −88.72 the exponential overflows, and the result is 0 rather than a number without all its digits.
  @Test func logistic() throws { #expect(try worstError("Sigmoid") { $0 < -88.725 ? 0 : 1 / (1 + exp(-$0)) } < 4) }

  @Test(arguments: ["Exp", "Tanh", "Erf", "Sigmoid"])
  func aNaNStaysOne(_ name: String) throws {
    #expect(try call(name, opset: 13, [.of([1], [Float.nan])])[0].elements(of: Float.self)[0].isNaN)
  }
}
