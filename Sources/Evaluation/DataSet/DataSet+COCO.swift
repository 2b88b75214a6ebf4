import Foundation
import Tensors

extension DataSet {
  /// The parts of a COCO annotation file that say where what is.
  ///
  /// - Source: cocodataset.org, "Data format".
  private struct Annotations: Decodable {
    struct Image: Decodable {
      let id: Int
      let fileName: String
    }

    struct Annotation: Decodable {
      let imageId: Int
      let categoryId: Int
      /// x, y, width, height.
      let bbox: [Double]
      let iscrowd: Int?
    }

    struct Category: Decodable {
      let id: Int
      let name: String
    }

    let images: [Image]
    let annotations: [Annotation]
    let categories: [Category]
  }

  /// The boxes of a COCO file, crowds left out; pictures by their ids.
  ///
  /// - Parameters:
  ///   - path: what errors call the file.
  ///   - folder: the folder that files are relative to.
  /// - Throws: `EvaluationError` where it is no such file.
  public init(coco bytes: [UInt8], name path: String, images folder: String) throws(EvaluationError) {
    let content: Annotations
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      content = try decoder.decode(Annotations.self, from: Data(bytes))
    } catch {
      throw EvaluationError(.malformed, "\(path) is no COCO annotation file: \(error)")
    }
    let names = Dictionary(content.categories.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    var items: [Item] = []
    var places: [Int: Int] = [:]
    for image in content.images.sorted(by: { $0.id < $1.id }) {
      guard places.updateValue(items.count, forKey: image.id) == nil else {
        throw EvaluationError(.malformed, "\(path): two images have the id \(image.id)")
      }
      items.append(Item(file: image.fileName, path: DataSet.path(of: image.fileName, in: folder)))
    }
    for annotation in content.annotations where annotation.iscrowd ?? 0 == 0 {
      guard let place = places[annotation.imageId], let name = names[annotation.categoryId] else {
        throw EvaluationError(
          .malformed,
          "\(path): an annotation is of image \(annotation.imageId) and category \(annotation.categoryId), which are "
            + "not both there")
      }
      let box = annotation.bbox
      guard box.count == 4, box.allSatisfy(\.isFinite), box[2] >= 0, box[3] >= 0 else {
        throw EvaluationError(
          .malformed, "\(path): image \(annotation.imageId) has the box \(box); x, y, width and height are expected")
      }
      items[place].labels.add(
        name,
        boxes: [PixelBox(left: box[0], top: box[1], right: box[0] + box[2], bottom: box[1] + box[3])])
    }
    self.init(kind: .coco, items: items)
  }
}
