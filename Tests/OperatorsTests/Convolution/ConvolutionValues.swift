import GraphIR
import Tensors
import Testing

/// A small convolution and its result.
struct ConvolutionValues: CustomTestStringConvertible {
  let x: Tensor
  let w: Tensor
  let bias: Tensor?
  let attributes: [String: Attribute]
  let shape: [Int]
  let expected: [Double]

  /// - Parameters:
  ///   - channels: of the bias; 0 is none.
  ///   - expected: from onnxruntime 1.32; all sums are whole numbers.
  init(
    _ x: [Int], _ w: [Int], bias channels: Int, _ attributes: [String: Attribute], _ shape: [Int], _ expected: [Double]
  ) {
    self.x = .pattern(x, step: 5, modulus: 7, offset: 3)
    self.w = .pattern(w, step: 3, modulus: 5, offset: 2)
    bias = channels == 0 ? nil : .pattern([channels], step: 2, modulus: 3, offset: 1)
    self.attributes = attributes
    self.shape = shape
    self.expected = expected
  }

  var inputs: [Tensor?] { bias == nil ? [x, w] : [x, w, bias] }

  var testDescription: String { "\(x.shape) with \(w.shape)" }
}
