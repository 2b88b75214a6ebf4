import Imaging
import Tensors

extension SaliencyMap {
  /// Σ w_k A_k, summed in double precision, at the activation's size.
  ///
  /// - Parameters:
  ///   - activation: 1×channels×height×width, float32.
  ///   - weights: one a channel.
  static func weightedSum(of activation: Tensor, _ weights: [Double]) -> SaliencyMap {
    let (height, width) = (activation.shape[2], activation.shape[3])
    var sum = [Double](repeating: 0, count: height * width)
    activation.withElements(of: Float.self) { elements in
      for (channel, weight) in weights.enumerated() where weight != 0 {
        let start = channel * sum.count
        for pixel in sum.indices { sum[pixel] += weight * Double(elements[start + pixel]) }
      }
    }
    return SaliencyMap(width: width, height: height, values: sum.map { Float($0) })
  }

  /// The map at another size.
  public func resized(
    width: Int, height: Int, _ upsampling: ScoreCAMConfiguration.Upsampling = .bilinear, alignsCorners: Bool = false
  ) -> SaliencyMap {
    guard (self.width, self.height) != (width, height) else { return self }
    let plan = ResamplingPlan(
      sourceWidth: self.width, sourceHeight: self.height, width: width, height: height, upsampling,
      alignsCorners: alignsCorners)
    return SaliencyMap(width: width, height: height, values: plan.apply(to: values))
  }

  /// Min-max normalization to 0…1; zeros where the map is constant.
  ///
  /// - Returns: false where the map is constant.
  @discardableResult
  mutating func normalize(epsilon: Float = 0) -> Bool {
    values.withUnsafeMutableBufferPointer { MinMaxNormalization.normalize($0, epsilon: epsilon) }
  }

  /// The map as most methods finish it: negative values set to 0, resized to the input's size, brought to 0…1.
  func finished(for classifier: Classifier, rectifying: Bool = true) -> SaliencyMap {
    var map = self
    if rectifying { map.rectify() }
    // Tested at the map's own size, as masks are: resizing a constant leaves rounding noise.
    guard map.values.contains(where: { $0 != map.values[0] }) else {
      return SaliencyMap(
        width: classifier.width, height: classifier.height,
        values: [Float](repeating: 0, count: classifier.width * classifier.height))
    }
    map = map.resized(width: classifier.width, height: classifier.height)
    map.normalize()
    return map
  }
}
