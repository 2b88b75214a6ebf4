import OnnxFormat
import TestSupport
import Testing

/// Models of `scripts/make-model-fixtures` that are each wrong, or not supported, in one way.
struct RefusalTests {
  struct Refusal: Sendable, CustomTestStringConvertible {
    let fixture: String
    let code: ModelError.Code
    /// What the message must name.
    var names: [String] = []

    var testDescription: String { fixture }
  }

  static let refusals: [Refusal] = [
    Refusal(fixture: "sparse-initializer", code: .feature),
    Refusal(fixture: "sparse-attribute", code: .feature, names: ["sparse_value", "Constant", "13"]),
    Refusal(fixture: "complex", code: .elementType, names: ["COMPLEX64", "'w'"]),
    Refusal(fixture: "older-ir", code: .irVersion, names: ["2"]),
    Refusal(fixture: "duplicate-value", code: .duplicateName, names: ["'h'", "Relu"]),
    Refusal(fixture: "duplicate-initializer", code: .duplicateName, names: ["'w'"]),
    Refusal(fixture: "duplicate-input", code: .duplicateName, names: ["'x'"]),
    Refusal(fixture: "output-is-input", code: .duplicateName, names: ["'x'"]),
    Refusal(fixture: "cycle", code: .graph, names: ["cycle", "first"]),
    Refusal(fixture: "missing-input", code: .missingValue, names: ["nowhere", "lost", "Relu", "13"]),
    Refusal(fixture: "missing-output", code: .missingValue, names: ["'y'"]),
    Refusal(fixture: "missing-outer-value", code: .missingValue, names: ["'h'", "Relu"]),
    Refusal(fixture: "no-opset", code: .missingOpset),
    Refusal(fixture: "no-opset-for-domain", code: .missingOpset, names: ["elsewhere", "foreign"]),
    Refusal(fixture: "two-opsets", code: .duplicateName),
    Refusal(fixture: "no-graph", code: .notAModel),
    Refusal(fixture: "negative-extent", code: .negativeDimension, names: ["-3", "'w'"]),
    Refusal(fixture: "huge-extents", code: .limit, names: ["'w'"]),
    Refusal(fixture: "short-raw-data", code: .tensorData, names: ["47", "48", "'w'"]),
    Refusal(fixture: "long-raw-data", code: .tensorData, names: ["52", "48", "'w'"]),
    Refusal(fixture: "no-data", code: .tensorData, names: ["'w'"]),
    Refusal(fixture: "no-type", code: .tensorData, names: ["'w'"]),
    Refusal(fixture: "both-data", code: .tensorData, names: ["'w'"]),
    Refusal(fixture: "raw-strings", code: .tensorData, names: ["'w'"]),
    Refusal(fixture: "element-out-of-range", code: .tensorData, names: ["200", "int8", "'w'"]),
    Refusal(fixture: "nameless-initializer", code: .tensorData),
  ]

  @Test(arguments: refusals)
  func refuses(_ refusal: Refusal) throws {
    let path = Checkout.fixture("models/\(refusal.fixture).onnx")
    let error = try #require(throws: ModelError.self) { try ModelReader.read(contentsOf: path) }
    #expect(error.code == refusal.code, "\(error)")
    #expect(error.path == path)
    let text = error.description
    for name in refusal.names { #expect(text.contains(name), "\(text) does not name \(name)") }
  }
}
