import Imaging
import Tensors

extension ScoreCAMPasses {
  /// The weighted sum and what the configuration makes of it.
  func map(weights: [Double], _ configuration: ScoreCAMConfiguration) -> SaliencyMap? {
    var map: SaliencyMap
    switch configuration.combination {
    case .activation: map = weightedActivation(weights)
    // Resizing is linear, so the sum of the resized channels is the resized sum.
    case .upsampled: map = resized(weightedActivation(weights), configuration)
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

  /// Σ w_k A_k.
  private func weightedActivation(_ weights: [Double]) -> SaliencyMap {
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

  /// Σ w_k M_k. The masks are made again rather than kept; channels are added up in fixed blocks, one block a thread at
  /// a time, and the blocks in order.
  private func weightedMasks(_ weights: [Double]) -> SaliencyMap {
    let size = masks.width * masks.height
    let isConstant = Set(constantChannels)
    let channels = weights.indices.filter { !isConstant.contains($0) && weights[$0] != 0 }
    let blockSize = 32
    let blockCount = (channels.count + blockSize - 1) / blockSize
    var sum = [Double](repeating: 0, count: size)
    // As many blocks at a time as bound the memory.
    let groupSize = 16
    for first in stride(from: 0, to: blockCount, by: groupSize) {
      let blocks = min(groupSize, blockCount - first)
      var partial = [Double](repeating: 0, count: blocks * size)
      partial.withUnsafeMutableBufferPointer { partial in
        nonisolated(unsafe) let partial = partial
        classifier.pool.forEach(blocks) { block in
          let start = (first + block) * blockSize
          withUnsafeTemporaryAllocation(of: Float.self, capacity: size) { mask in
            for channel in channels[start..<min(start + blockSize, channels.count)] {
              masks.write(channel: channel, to: mask)
              let weight = weights[channel]
              for pixel in 0..<size { partial[block * size + pixel] += weight * Double(mask[pixel]) }
            }
          }
        }
      }
      for block in 0..<blocks {
        for pixel in 0..<size { sum[pixel] += partial[block * size + pixel] }
      }
    }
    return SaliencyMap(width: masks.width, height: masks.height, values: sum.map { Float($0) })
  }

  private func resized(
    _ map: SaliencyMap, _ configuration: ScoreCAMConfiguration, alignsCorners: Bool? = nil
  ) -> SaliencyMap {
    guard (map.width, map.height) != (masks.width, masks.height) else { return map }
    let plan = ResamplingPlan(
      sourceWidth: map.width, sourceHeight: map.height, width: masks.width, height: masks.height,
      configuration.masking.upsampling, alignsCorners: alignsCorners ?? configuration.masking.alignsCorners)
    return SaliencyMap(width: masks.width, height: masks.height, values: plan.apply(to: map.values))
  }

  /// - Returns: false where the map is constant.
  private func normalize(_ map: inout SaliencyMap, _ configuration: ScoreCAMConfiguration) -> Bool {
    let width = map.width
    return map.values.withUnsafeMutableBufferPointer { values in
      configuration.masking.normalization == .column
        ? MinMaxNormalization.normalizeColumns(values, width: width, epsilon: configuration.mapEpsilon)
        : MinMaxNormalization.normalize(values, epsilon: configuration.mapEpsilon)
    }
  }
}
