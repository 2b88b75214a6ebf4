import Tensors

/// Finds out whether two tensors of pictures differ in the order of their colours.
enum ChannelOrder {
  /// What it is called in reports.
  static let name = "RGB/BGR swap"

  /// The tensor with its three channels in the opposite order; nil unless it holds float32 pictures, N×3×H×W or N×H×W×3.
  static func reversed(_ tensor: Tensor) -> Tensor? {
    guard tensor.shape.rank == 4, tensor.elementType == .float32,
      let axis = tensor.shape[1] == 3 ? 1 : tensor.shape[3] == 3 ? 3 : nil
    else { return nil }
    let inner = tensor.shape.dimensions[(axis + 1)...].reduce(1, *)
    let elements = tensor.withElements(of: Float.self) { elements in
      elements.indices.map { index -> Float in
        let channel = index / inner % 3
        return elements[index + (2 - 2 * channel) * inner]
      }
    }
    return Tensor(tensor.shape, elements)
  }

  /// Whether a picture is another one with its colours in the opposite order, each channel scaled and shifted as it may
  /// be: a channel of the one then correlates with the opposite channel of the other by more than 0.9999.
  static func isReversal(_ tensor: Tensor, of other: Tensor) -> Bool {
    guard tensor.shape == other.shape, let reversed = reversed(other), tensor.elementType == .float32,
      let axis = tensor.shape[1] == 3 ? 1 : tensor.shape[3] == 3 ? 3 : nil
    else { return false }
    let inner = tensor.shape.dimensions[(axis + 1)...].reduce(1, *)
    func channels(_ tensor: Tensor) -> [[Double]] {
      var channels = [[Double]](repeating: [], count: 3)
      tensor.withElements(of: Float.self) { elements in
        for (index, element) in elements.enumerated() { channels[index / inner % 3].append(Double(element)) }
      }
      return channels
    }
    func correlations(_ first: [[Double]], _ second: [[Double]]) -> [Double] {
      zip(first, second).map { correlation($0, $1) }
    }
    let own = channels(tensor)
    let (opposite, same) = (correlations(own, channels(reversed)), correlations(own, channels(other)))
    return opposite.allSatisfy { $0 > 0.9999 } && !same.allSatisfy { $0 > 0.9999 }
  }

  /// Pearson's correlation; 0 where one of the lists is constant.
  private static func correlation(_ first: [Double], _ second: [Double]) -> Double {
    let count = Double(max(first.count, 1))
    let (meanX, meanY) = (first.reduce(0, +) / count, second.reduce(0, +) / count)
    var (xy, xx, yy) = (0.0, 0.0, 0.0)
    for (x, y) in zip(first, second) {
      xy += (x - meanX) * (y - meanY)
      xx += (x - meanX) * (x - meanX)
      yy += (y - meanY) * (y - meanY)
    }
    return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : 0
  }
}
