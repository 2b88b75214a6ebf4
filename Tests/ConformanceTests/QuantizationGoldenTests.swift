import Conformance
import Kernels
import TestSupport
import Testing

/// Models of quantized operators against onnxruntime 1.32, by `scripts/make-type-fixtures`: convolutions and products of
/// bytes, and linear quantization to and from types of 4 to 16 bits.
@Suite("Quantized operators against onnxruntime")
struct QuantizationGoldenTests {
  @Test func everyOutputIsTheSame() throws {
    let suite = try ConformanceSuite(folder: Checkout.fixture("types/onnxruntime"))
    #expect(suite.cases.count == 5)
    for result in suite.run(pool: ThreadPool(threadCount: 2)) {
      #expect(result.outcome == .passed, "\(result.case.name)")
    }
  }
}
