/// What an operator does, for its colour in a drawing.
enum LayerFamily: String {
  case convolution
  case linear
  case normalization
  case activation
  case pooling
  case join
  case head
  case other

  init(_ operatorName: String) {
    switch operatorName {
    case "Conv", "ConvTranspose", "ConvInteger", "QLinearConv", "DeformConv": self = .convolution
    case "Gemm", "MatMul", "MatMulInteger", "QLinearMatMul", "Attention", "Einsum": self = .linear
    case "BatchNormalization", "InstanceNormalization", "LayerNormalization", "GroupNormalization", "LRN",
      "RMSNormalization", "LpNormalization":
      self = .normalization
    case "Relu", "LeakyRelu", "PRelu", "Clip", "Sigmoid", "HardSigmoid", "HardSwish", "Swish", "Gelu", "Elu", "Selu",
      "Mish", "Tanh", "Softplus", "Erf":
      self = .activation
    case "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "LpPool", "ReduceMean", "ReduceMax":
      self = .pooling
    case "Add", "Sum", "Concat", "Mul", "Sub", "Split": self = .join
    case "Softmax", "LogSoftmax": self = .head
    default: self = .other
    }
  }

  /// What the colour means, for the legend.
  var title: String {
    switch self {
    case .convolution: "convolution"
    case .linear: "linear"
    case .normalization: "normalization"
    case .activation: "activation"
    case .pooling: "pooling"
    case .join: "join"
    case .head: "softmax"
    case .other: "other"
    }
  }
}
