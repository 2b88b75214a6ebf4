import GraphIR
import Tensors

/// Functions of single elements, and of elements at the same place.
func elementwiseGradientCases(_ random: inout RandomTensors) -> [GradientCase] {
  var cases: [GradientCase] = []
  for name in [
    "Celu", "Elu", "Erf", "HardSwish", "LeakyRelu", "Mish", "Relu", "Selu", "Shrink", "Sigmoid", "Softplus", "Softsign",
    "Swish", "Tanh", "ThresholdedRelu", "Abs", "Asinh", "Atan", "Cos", "Cosh", "Exp", "Neg", "Sin", "Sinh", "Tan",
    "Identity", "Dropout", "HardSigmoid", "Gelu",
  ] {
    cases.append(GradientCase(name, opset: 24, [random.nonzero(random.shape(3))]))
  }
  for (name, range) in [
    ("Acos", -0.9...0.9), ("Acosh", 1.2...3), ("Asin", -0.9...0.9), ("Atanh", -0.9...0.9), ("Log", 0.2...3),
    ("Reciprocal", 0.3...2), ("Sqrt", 0.2...3),
  ] {
    cases.append(GradientCase(name, [random.uniform(random.shape(2), range)]))
  }
  let alpha: [String: Attribute] = ["alpha": .float(Float(random.uniform([1], 0.3...1.7).elements(of: Double.self)[0]))]
  for name in ["Celu", "Elu", "LeakyRelu", "Selu", "Swish", "ThresholdedRelu", "HardSigmoid"] {
    cases.append(GradientCase(name, opset: 24, [random.nonzero([3, 5])], alpha))
  }
  cases += [
    GradientCase("Celu", [random.nonzero([7])], ["alpha": .float(-0.7)]),
    GradientCase("LeakyRelu", [random.nonzero([7])], ["alpha": .float(-0.2)]),
    GradientCase("Gelu", opset: 20, [random.uniform([9], -3...3)], ["approximate": .string(Array("tanh".utf8))]),
    GradientCase("HardSwish", opset: 14, [random.uniform([20], -5...5)]),
    GradientCase("HardSigmoid", [random.uniform([20], -5...5)]),
    GradientCase("Clip", opset: 6, [random.uniform([20])], ["min": .float(-0.4), "max": .float(0.3)]),
    GradientCase("Clip", [random.uniform([20]), Tensor(scalar: -0.4), Tensor(scalar: 0.3)]),
    GradientCase("Clip", [random.uniform([20]), nil, Tensor(scalar: 0.3)]),
    GradientCase("Dropout", opset: 7, [random.uniform([5])]),
    GradientCase("Cast", [random.uniform([2, 3])], ["to": .int(11)]),
    GradientCase("CastLike", opset: 15, [random.uniform([2, 3]), random.uniform([1])]),
    GradientCase("PRelu", [random.nonzero([2, 3, 4]), random.nonzero([3, 1])]),
    GradientCase("PRelu", opset: 6, [random.nonzero([2, 3, 4]), random.nonzero([3])]),
    GradientCase("SwiGLU", opset: 28, [random.uniform([2, 3]), random.uniform([3])], ["alpha": .float(1.3)]),
    GradientCase(
      "Where", [random.truths([2, 3, 4]), random.uniform([3, 1]), random.uniform([1, 3, 4])]),
    GradientCase("Mod", [random.uniform([3, 4], 0.1...5), random.uniform([4], 0.7...0.9)], ["fmod": .int(1)]),
    GradientCase("Pow", [random.uniform([2, 3, 4], 0.2...2), random.uniform([3, 1], -2...2)]),
    GradientCase("Pow", [random.nonzero([2, 3]), Tensor(scalar: Float(3))]),
    GradientCase("Pow", [random.nonzero([2, 3]), Tensor(scalar: Float(2))]),
  ]
  for name in ["Add", "Sub", "Mul", "Div"] {
    cases += [
      GradientCase(name, [random.nonzero([2, 3, 4]), random.nonzero([3, 1])]),
      GradientCase(name, [random.nonzero([1, 4]), random.nonzero([2, 3, 1])]),
      GradientCase(name, [random.nonzero([4]), random.nonzero([4])]),
      GradientCase(
        name, opset: 6, [random.nonzero([2, 3, 4]), random.nonzero([3])], ["broadcast": .int(1), "axis": .int(1)]),
    ]
  }
  cases.append(
    GradientCase(
      "Pow", opset: 6, [random.uniform([2, 3, 4], 0.2...2), random.uniform([3])],
      ["broadcast": .int(1), "axis": .int(1)]))
  for name in ["Max", "Min", "Sum", "Mean"] {
    cases += [
      GradientCase(name, [random.distinct([2, 3]), random.uniform([3]), random.uniform([2, 1])]),
      GradientCase(name, [random.uniform([2, 3])]),
    ]
  }
  for (name, opset) in [("Softmax", 13), ("LogSoftmax", 13), ("Softmax", 11), ("LogSoftmax", 11)] {
    cases += [
      GradientCase(name, opset: opset, [random.uniform(random.shape(3), -3...3)], ["axis": .int(1)]),
      GradientCase(name, opset: opset, [random.uniform([2, 3], -3...3)]),
    ]
  }
  return cases
}
