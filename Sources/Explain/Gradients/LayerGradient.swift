import Tensors

/// How Grad-CAM and its kin weigh the channels of a layer by a gradient.
public enum GradientWeighting: String, Sendable, CaseIterable {
  /// w_k = the mean of ∂y/∂A_k over all places.
  ///
  /// - Source: Selvaraju et al., "Grad-CAM", ICCV 2017, arXiv 1610.02391, equation 1.
  case gradCAM = "grad-cam"

  /// w_k = Σ α_k · ReLU(∂y/∂A_k) with α_k = g² / (2g² + g³ · ΣA_k), g = ∂y/∂A_k: the second and third derivatives of exp(y),
  /// but for a common factor.
  ///
  /// - Source: Chattopadhyay et al., "Grad-CAM++", WACV 2018, arXiv 1710.11063, equations 5 and 19; the 1e-6 in the
  ///   denominator is pytorch-grad-cam's. See `PlusPlusRule` for what else is in use.
  case gradCAMPlusPlus = "grad-cam++"

  /// w_k = Σ ∂y/∂A_k · A_k / ΣA_k.
  ///
  /// - Source: Fu et al., "Axiom-based Grad-CAM", BMVC 2020, arXiv 2008.02312, equation 8; the 1e-7 in the denominator is
  ///   pytorch-grad-cam's.
  case xGradCAM = "xgrad-cam"

  /// Each place has a weight of its own: ReLU(∂y/∂A_k).
  ///
  /// - Source: Jiang et al., "LayerCAM", IEEE TIP 2021, equations 4 to 6.
  case layerCAM = "layer-cam"
}

/// How Grad-CAM++ and Smooth Grad-CAM++ weigh the places of a channel.
public enum PlusPlusRule: Int, Sendable, CaseIterable {
  /// As the papers and pytorch-grad-cam do: by g² / (2g² + g³ · ΣA).
  case paper
  /// As torch-cam 0.5.0 does. In its Grad-CAM++ the division has no effect, so that a place counts g² · ReLU(g); its
  /// Smooth Grad-CAM++ has Σ g³ · A for g³ · ΣA, and the gradient of the last copy for the mean gradient.
  case torchCAM

  static let parameter = MethodParameter.whole(
    "torchcam", 0, 0...1, "0 weighs places as the paper says, 1 as torch-cam does")

  init(_ options: ExplainerOptions) { self = Self(rawValue: options[whole: Self.parameter]) ?? .paper }
}

/// A layer's activation and the gradient of a score with respect to it, both 1×channels×height×width.
struct LayerGradient {
  let activation: Tensor
  let gradient: Tensor

  private var channels: Int { activation.shape[1] }
  private var plane: Int { activation.shape[2] * activation.shape[3] }

  /// A number for each channel, from the places' activations and gradients.
  private func forEachChannel(
    _ body: (_ activation: UnsafeBufferPointer<Float>, _ gradient: UnsafeBufferPointer<Float>) -> Double
  ) -> [Double] {
    activation.withElements(of: Float.self) { activation in
      gradient.withElements(of: Float.self) { gradient in
        (0..<channels).map { channel in
          let places = channel * plane..<(channel + 1) * plane
          return body(
            UnsafeBufferPointer(rebasing: activation[places]), UnsafeBufferPointer(rebasing: gradient[places]))
        }
      }
    }
  }

  /// The weight of each channel; for LayerCAM, whose weights differ from place to place, their means.
  func weights(_ weighting: GradientWeighting, _ rule: PlusPlusRule) -> [Double] {
    switch weighting {
    case .gradCAM:
      return forEachChannel { _, gradient in gradient.reduce(0.0) { $0 + Double($1) } / Double(plane) }
    case .gradCAMPlusPlus:
      return forEachChannel { activation, gradient in
        let total = activation.reduce(0.0) { $0 + Double($1) }
        return gradient.reduce(0.0) { sum, slope in
          let g = Double(slope)
          guard g > 0 else { return sum }
          return sum + g * g * g / (rule == .torchCAM ? 1 : 2 * g * g + total * g * g * g + 1e-6)
        }
      }
    case .xGradCAM:
      return forEachChannel { activation, gradient in
        let total = activation.reduce(0.0) { $0 + Double($1) } + 1e-7
        return zip(activation, gradient).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } / total
      }
    case .layerCAM:
      return forEachChannel { _, gradient in gradient.reduce(0.0) { $0 + max(0, Double($1)) } / Double(plane) }
    }
  }

  /// The map at the layer's size, before negative values are set to 0.
  func map(_ weighting: GradientWeighting, weights: [Double]) -> SaliencyMap {
    guard weighting == .layerCAM else { return SaliencyMap.weightedSum(of: activation, weights) }
    var sum = [Double](repeating: 0, count: plane)
    activation.withElements(of: Float.self) { activation in
      gradient.withElements(of: Float.self) { gradient in
        for index in activation.indices {
          sum[index % plane] += max(0, Double(gradient[index])) * Double(activation[index])
        }
      }
    }
    return SaliencyMap(width: activation.shape[3], height: activation.shape[2], values: sum.map { Float($0) })
  }
}
