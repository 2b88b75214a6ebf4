import Conformance
import Foundation
import Kernels
import Operators
import Tensors
import Testing

/// The suite's operator calls with float16 and bfloat16 elements in place of float32 ones: the result must be that of
/// float32 on the same numbers, which the suite vouches for, rounded.
@Suite("Half-width elements", .enabled(if: SuiteFiles.isThere, "no suite: run scripts/conformance --fetch"))
struct HalfWidthTests {
  /// Operators whose inputs or results are float32 alone by the specification.
  static let exempt: Set<String> = ["BitCast", "DynamicQuantizeLinear", "MelWeightMatrix", "NonMaxSuppression"]

  /// Inputs of other operators that stay float32: regions and scales.
  static let full: [String: Set<Int>] = ["Resize": [1, 2], "Upsample": [1]]

  static func calls() throws -> [(name: String, call: OperatorCall)] {
    try ConformanceSuite(folder: SuiteFiles.folder).cases.compactMap { item in
      guard let call = try OperatorCall(item), !exempt.contains(call.node.operatorName),
        call.inputs.contains(where: { $0?.elementType == .float32 })
      else { return nil }
      return (item.name, call)
    }
  }

  @Test(arguments: [ElementType.float16, .bfloat16])
  func giveRoundedResults(_ type: ElementType) throws {
    let context = EvaluationContext(pool: ThreadPool(threadCount: 2), allocator: TensorAllocator())
    var count = 0
    for (name, call) in try Self.calls() {
      var half = call
      let kept = Self.full[call.node.operatorName] ?? []
      half.inputs = call.inputs.enumerated().map { index, input in
        guard let input, input.elementType == .float32, !kept.contains(index) else { return input }
        return input.rounded(to: type)
      }
      var full = call
      full.inputs = half.inputs.map { $0.map { $0.elementType == type ? $0.asFloats : $0 } }
      guard let expected = try? full.run(context) else { continue }
      count += 1
      let results = try half.run(context)
      // LayerNormalization's mean and deviation stay float32.
      let compared = call.node.operatorName == "LayerNormalization" ? 1 : results.count
      for (result, reference) in zip(results.prefix(compared), expected) {
        if let difference = difference(result, reference, type) { Issue.record("\(name) \(difference)") }
      }
    }
    #expect(count > 800)
  }

  /// What is wrong with a result; nil where nothing is.
  private func difference(_ result: Tensor, _ reference: Tensor, _ type: ElementType) -> String? {
    guard result.shape == reference.shape else { return "has shape \(result.shape) for \(reference.shape)" }
    guard reference.elementType == .float32 else {
      return result.elementType == reference.elementType ? nil : "is of \(result.elementType)"
    }
    guard result.elementType == type else { return "is of \(result.elementType)" }
    let values = result.asFloats.elements(of: Float.self)
    // Two steps of the type, or its smallest normal number.
    let relative: Float = type == .float16 ? 0x1p-9 : 0x1p-6
    for (value, expected) in zip(values, reference.rounded(to: type).asFloats.elements(of: Float.self)) {
      let isNear = value == expected || value.isNaN && expected.isNaN
      guard isNear || abs(value - expected) <= relative * abs(expected) + 0x1p-14 else {
        return "has \(value) for \(expected)"
      }
    }
    return nil
  }
}

extension Tensor {
  /// float32 elements rounded to a type of 16 bits.
  fileprivate func rounded(to type: ElementType) -> Tensor {
    let floats = elements(of: Float.self)
    return type == .float16 ? Tensor(shape, floats.map { Float16($0) }) : Tensor(shape, floats.map { BFloat16($0) })
  }

  /// Elements of 16 bits as float32.
  fileprivate var asFloats: Tensor {
    elementType == .float16
      ? Tensor(shape, elements(of: Float16.self).map { Float($0) })
      : Tensor(shape, elements(of: BFloat16.self).map(\.floatValue))
  }
}
