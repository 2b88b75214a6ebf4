import Imaging
import Tensors

extension ScoreCAMPasses {
  /// The weighted sum and what the configuration makes of it.
  func map(weights: [Double], _ configuration: ScoreCAMConfiguration) -> SaliencyMap? {
    var map: SaliencyMap
    switch configuration.combination {
    case .activation: map = .weightedSum(of: activation, weights)
    // Resizing is linear, so the sum of the resized channels is the resized sum.
    case .upsampled: map = resized(SaliencyMap.weightedSum(of: activation, weights), configuration)
    case .mask: map = weightedMasks(weights)
    }

    map.rectify()
    var isVarying = true
    switch configuration.finish {
    case .ownSize:
      isVarying = normalize(&map, configuration)
    case .resized:
      map = resized(map, configuration)
      isVarying = normalize(&map, configuration)
    case .normalisedTwice:
      isVarying = normalize(&map, configuration)
      // The library resizes the finished map with OpenCV, edges on edges, however it resizes masks.
      map = resized(map, configuration, alignsCorners: false)
      map.rectify()
      isVarying = normalize(&map, configuration) && isVarying
    }
    return isVarying || !configuration.constantGivesNoMap ? map : nil
  }

  /// Σ w_k M_k. The masks are made again rather than kept.
  private func weightedMasks(_ weights: [Double]) -> SaliencyMap {
    let isConstant = Set(constantChannels)
    let channels = weights.indices.filter { !isConstant.contains($0) && weights[$0] != 0 }
    let sum = WeightedMaskSum.sum(
      weights: channels.map { weights[$0] }, size: masks.width * masks.height, pool: classifier.pool
    ) { [masks] index, mask in masks.write(channel: channels[index], to: mask) }
    return SaliencyMap(width: masks.width, height: masks.height, values: sum.map { Float($0) })
  }

  private func resized(
    _ map: SaliencyMap, _ configuration: ScoreCAMConfiguration, alignsCorners: Bool? = nil
  ) -> SaliencyMap {
    map.resized(
      width: masks.width, height: masks.height, configuration.masking.upsampling,
      alignsCorners: alignsCorners ?? configuration.masking.alignsCorners)
  }

  /// - Returns: false where the map is constant.
  private func normalize(_ map: inout SaliencyMap, _ configuration: ScoreCAMConfiguration) -> Bool {
    guard configuration.masking.normalization == .column else {
      return map.normalize(epsilon: configuration.mapEpsilon)
    }
    let width = map.width
    return map.values.withUnsafeMutableBufferPointer {
      MinMaxNormalization.normalizeColumns($0, width: width, epsilon: configuration.mapEpsilon)
    }
  }
}
