import Explain
import Imaging

/// Whether a map finds the one of four pictures that shows the class: the share of its positive values in that
/// picture's quarter of a 2×2 mosaic.
///
/// - Source: Böhle, Fritz and Schiele, "Convolutional Dynamic Alignment Networks for Interpretable Classifications",
///   CVPR 2021, section 4.2. There pictures keep their size; here the mosaic has the network's input size, so that
///   networks of any kind can be asked.
public struct GridPointingGame: Measure {
  public init() {}

  public var metrics: [Metric] { [.gridPointingGame] }

  public var protocolText: String {
    """
    a 2×2 mosaic at the network's input size of the picture and three of other classes, chosen by the seed, each at half \
    its size (Pillow's bilinear), the picture in a cell that the seed chooses; the same method explains the picture's \
    class; the sum of positive values in the picture's cell over that of all, 0 for a map without positive values
    """
  }

  public func values(of subject: MetricSubject, probabilities: [Double]) throws -> [Metric: MetricValue] {
    guard let picture = subject.explained.input.picture else {
      throw EvaluationError(.mismatched, "a mosaic needs the picture itself; give PNG or JPEG files, not tensors")
    }
    guard let others = try subject.companions?(), others.count >= 3, min(picture.image.width, picture.image.height) >= 2
    else { return [:] }
    var numbers = SeededNumbers(subject.seed, "grid cell")
    let cell = numbers.next(below: 4)
    var pictures = Array(others.prefix(3))
    pictures.insert(picture.image, at: cell)
    let mosaic = GridPointingGame.mosaic(of: pictures)
    let explained = ExplainedInput(
      NetworkInput(
        tensor: try picture.preprocessing.tensor(of: mosaic),
        picture: .init(image: mosaic, preprocessing: picture.preprocessing)),
      of: subject.classifier, batchSize: subject.explained.batchSize)
    guard let map = try subject.explainer.explain(explained, classes: [subject.classIndex]).explanations[0].map
    else { return [:] }
    let (width, height) = (mosaic.width, mosaic.height)
    let share = map.resized(width: width, height: height).positiveShare { column, row in
      (row < height / 2 ? 0 : 2) + (column < width / 2 ? 0 : 1) == cell
    }
    return [.gridPointingGame: MetricValue(share)]
  }

  /// Four pictures of one size in two rows, together as large as one of them. Where a side is odd, the second row or
  /// column gets the pixel more.
  static func mosaic(of pictures: [Image]) -> Image {
    let (width, height) = (pictures[0].width, pictures[0].height)
    var mosaic = Image(width: width, height: height)
    for (cell, picture) in pictures.enumerated() {
      let (left, top) = (cell % 2 * (width / 2), cell / 2 * (height / 2))
      let small = picture.resized(
        width: cell % 2 == 0 ? width / 2 : width - width / 2, height: cell / 2 == 0 ? height / 2 : height - height / 2,
        .bilinear)
      for row in 0..<small.height {
        for column in 0..<small.width { mosaic[left + column, top + row] = small[column, row] }
      }
    }
    return mosaic
  }
}
