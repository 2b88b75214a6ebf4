import GraphIR
import Operators
import Tensors
import Testing

@Suite("Operators of ai.onnx.ml")
struct MachineLearningTests {
  @Test("As onnxruntime", arguments: GoldenCase.all)
  func golden(_ item: GoldenCase) throws {
    let results = try item.run()
    #expect(results.count == item.outputs.count)
    for (result, golden) in zip(results, item.outputs) {
      let expected = try golden.tensor()
      #expect(result.elementType == expected.elementType && result.shape == expected.shape)
      switch expected.elementType {
      case .string: #expect(result.strings == expected.strings)
      case .int64: #expect(result.elements(of: Int64.self) == expected.elements(of: Int64.self))
      case .float32:
        let (a, b) = (result.elements(of: Float.self), expected.elements(of: Float.self))
        let isNear = zip(a, b).allSatisfy { abs($0 - $1) <= 2e-5 * max(1, abs($1)) || ($0.isNaN && $1.isNaN) }
        #expect(isNear, "\(a) for \(b)")
      default: Issue.record("\(expected.elementType)")
      }
    }
  }

  @Test("Newer versions are refused")
  func versions() {
    #expect(throws: OperatorError.self) {
      try callMachineLearning("Binarizer", version: 6, [.counting(2)], attributes: [:])
    }
  }

  /// By the specification of version 4: of equal keys the last counts.
  @Test("Label tables that are odd")
  func labels() throws {
    let x = Tensor.of([2], [Int64(1), 2])
    let y = try callMachineLearning(
      "LabelEncoder", version: 4, [x],
      attributes: ["keys_int64s": .ints([1, 1]), "values_int64s": .ints([5, 6]), "default_int64": .int(9)])[0]
    #expect(y.elements(of: Int64.self) == [6, 9])
    for attributes: [String: Attribute] in [
      ["keys_int64s": .ints([1, 2]), "values_int64s": .ints([5])], ["keys_int64s": .ints([1])],
      ["keys_int64s": .ints([1]), "keys_floats": .floats([1]), "values_int64s": .ints([5])],
      ["keys_tensor": .tensor(.of([1], [true])), "values_int64s": .ints([5])],
      [
        "keys_int64s": .ints([1]), "values_tensor": .tensor(.of([1], [Int16(5)])),
        "default_tensor": .tensor(.of([1], [Int64(5)])),
      ],
    ] {
      #expect(throws: OperatorError.self) {
        try callMachineLearning("LabelEncoder", version: 4, [x], attributes: attributes)
      }
    }
  }

  @Test("Attributes and inputs that do not fit are refused")
  func refused() {
    let x = Tensor.counting(2, 3)
    func refuses(
      _ name: String, _ attributes: [String: Attribute], _ inputs: [Tensor]? = nil,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      #expect(throws: OperatorError.self, sourceLocation: sourceLocation) {
        try callMachineLearning(name, version: 1, inputs ?? [x], attributes: attributes)
      }
    }
    refuses("Scaler", ["offset": .floats([1, 2]), "scale": .floats([1, 2])])
    refuses("Scaler", ["offset": .floats([]), "scale": .floats([])])
    refuses("Imputer", ["imputed_value_floats": .floats([1, 2])])
    refuses("Imputer", ["imputed_value_int64s": .ints([1 << 40])], [.of([1], [Int32(0)])])
    refuses("OneHotEncoder", ["cats_int64s": .ints([1]), "zeros": .int(0)])
    refuses("Normalizer", ["norm": .string(Array("L3".utf8))])
    refuses("ArrayFeatureExtractor", [:], [x, .list(3)])
    refuses("ArrayFeatureExtractor", [:], [x, .list(-1)])
    refuses("FeatureVectorizer", ["inputdimensions": .ints([2])])
    refuses("LinearRegressor", ["coefficients": .floats([1, 2])])
    refuses("LinearRegressor", ["coefficients": .floats([1, 2, 3]), "targets": .int(2)])
    refuses("LinearRegressor", ["coefficients": .floats([1, 2, 3]), "targets": .int(.min)])
    refuses("LinearClassifier", ["coefficients": .floats([1, 2, 3]), "classlabels_ints": .ints([1])])
    refuses(
      "SVMRegressor", ["coefficients": .floats([1]), "rho": .floats([0]), "n_supports": .int(.max)])
    refuses(
      "SVMClassifier",
      ["classlabels_ints": .ints([1, 2]), "vectors_per_class": .ints([.max, .max]), "support_vectors": .floats([1])])
    refuses("ZipMap", [:])
  }
}
