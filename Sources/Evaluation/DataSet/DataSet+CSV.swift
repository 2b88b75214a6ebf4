import Tensors

extension DataSet {
  /// A table with the columns `file`, `class` (or `class_index`, which counts where both are there) and `boxes`, the last
  /// two if known. A file may stand in several rows, one for each class in it. Boxes are `x0 y0 x1 y1` in whole or
  /// fractional pixels, both corners' pixels included, several separated by semicolons.
  ///
  /// - Parameters:
  ///   - path: what errors call the table.
  ///   - images: the folder that files are relative to.
  /// - Throws: `EvaluationError` where it is no such table.
  public init(csv bytes: [UInt8], name path: String, images: String) throws(EvaluationError) {
    let table: CSVTable
    do {
      table = try CSVTable(parsing: bytes)
    } catch {
      throw EvaluationError(error.kind, "\(path): \(error.message)")
    }
    guard let file = table.column("file", "path", "image", "filename") else {
      throw EvaluationError(
        .malformed, "\(path) has the columns \(table.columns.joined(separator: ", ")); one named 'file' is expected")
    }
    let name = table.column("class_index", "class", "label", "class_name")
    let boxes = table.column("boxes", "box")
    var items: [Item] = []
    var places: [String: Int] = [:]
    for (index, row) in table.rows.enumerated() {
      let own: [PixelBox]
      do throws(EvaluationError) {
        own = try boxes.map { column throws(EvaluationError) in try DataSet.boxes(row[column]) } ?? []
      } catch {
        throw EvaluationError(error.kind, "\(path), row \(index + 2): \(error.message)")
      }
      let place = places[row[file]] ?? items.count
      if place == items.count {
        places[row[file]] = place
        items.append(Item(file: row[file], path: DataSet.path(of: row[file], in: images)))
      }
      if let className = name.map({ row[$0] }), !className.isEmpty {
        items[place].labels.add(className, boxes: own)
      } else if !own.isEmpty {
        throw EvaluationError(
          .malformed, "\(path), row \(index + 2): boxes without a class; fill in the column 'class'")
      }
    }
    self.init(kind: .csv, items: items)
  }

  /// The boxes of one field.
  static func boxes(_ text: String) throws(EvaluationError) -> [PixelBox] {
    var boxes: [PixelBox] = []
    for part in text.split(separator: ";") {
      let numbers = part.split(separator: " ").map { Double($0) }
      guard numbers.count == 4, let left = numbers[0], let top = numbers[1], let right = numbers[2],
        let bottom = numbers[3], left.isFinite, top.isFinite, right.isFinite, bottom.isFinite, left <= right,
        top <= bottom
      else {
        throw EvaluationError(
          .malformed, "'\(part)' is no box; x0 y0 x1 y1 is expected, x0 ≤ x1 and y0 ≤ y1, in pixels")
      }
      boxes.append(PixelBox(left: left, top: top, right: right + 1, bottom: bottom + 1))
    }
    return boxes
  }
}
