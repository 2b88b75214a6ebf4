public import Explain
public import Imaging
import Tensors

/// Evaluates pictures of a data set one by one.
public struct EvaluationJob: Sendable {
  /// A picture that is ready for the network.
  public struct Picture: Sendable {
    public let input: NetworkInput
    public let classifier: Classifier
    /// Where places of the file's picture lie in the input; nil for tensors.
    public let mapping: PictureMapping?

    public init(input: NetworkInput, classifier: Classifier, mapping: PictureMapping?) {
      self.input = input
      self.classifier = classifier
      self.mapping = mapping
    }
  }

  /// What a record is about: a picture and, where its label says what to explain, the label.
  public struct Unit: Sendable {
    public let item: DataSet.Item
    public let label: DataSet.Label?
  }

  public let units: [Unit]
  public let settings: EvaluationSettings

  private let methods: [(name: String, explainer: any Explainer)]
  private let batchSize: Int
  private let measures: MeasureSet
  private let load: @Sendable (DataSet.Item) throws -> Picture
  private let classIndex: @Sendable (String) throws -> Int
  private let classes = KnownClasses()

  /// - Parameters:
  ///   - classifier: for pictures of the usual size.
  ///   - classIndex: the index of a class that the data set names.
  ///   - load: reads a picture.
  /// - Throws: `EvaluationError` where labels are asked for and the data set has none.
  public init(
    _ dataSet: DataSet, settings: EvaluationSettings, methods: [any Explainer], classifier: Classifier,
    batchSize: Int = ScoreCAM.defaultBatchSize, classIndex: @escaping @Sendable (String) throws -> Int,
    load: @escaping @Sendable (DataSet.Item) throws -> Picture
  ) throws {
    units = try EvaluationJob.units(of: dataSet, settings.target)
    self.settings = settings
    self.methods = methods.map { ($0.record.method, $0) }
    self.batchSize = batchSize
    measures = MeasureSet(try settings.measures(for: classifier))
    self.load = load
    self.classIndex = classIndex
  }

  /// A unit a picture, or a unit for each of its labels.
  ///
  /// - Throws: `EvaluationError` where labels are asked for and the data set has none.
  public static func units(
    of dataSet: DataSet, _ target: EvaluationSettings.Target
  ) throws(EvaluationError) -> [Unit] {
    guard target == .label else { return dataSet.items.map { Unit(item: $0, label: nil) } }
    let units = dataSet.items.flatMap { item in item.labels.map { Unit(item: item, label: $0) } }
    guard !units.isEmpty else {
      throw EvaluationError(
        .invalidRequest, "the data set does not say which class a picture shows; --target predicted needs no labels")
    }
    return units
  }

  /// The record of one unit. What fails is in the record.
  ///
  /// - Parameter index: in `units`.
  /// - Throws: what is no `Fault` and so no property of the picture.
  public func record(of index: Int) throws -> EvaluationRecord {
    let unit = units[index]
    var record = EvaluationRecord(
      index: index, file: unit.item.file, label: unit.label?.className ?? unit.item.labels.first?.className)
    do {
      let picture = try load(unit.item)
      let explained = ExplainedInput(picture.input, of: picture.classifier, batchSize: batchSize)
      let target = try unit.label.map { try classIndex($0.className) } ?? EvaluationJob.likeliest(explained)
      let boxes = try boxes(of: target, unit, picture)
      record.class = target
      record.probability = try explained.probabilities[target]
      record.methods = [:]
      for (name, explainer) in methods {
        record.methods![name] = try method(explainer, explained, target, boxes, index: index)
      }
    } catch {
      record.methods = nil
      record.error = try EvaluationJob.explanation(of: error)
    }
    return record
  }

  private func method(
    _ explainer: any Explainer, _ explained: ExplainedInput, _ target: Int, _ boxes: [PixelBox], index: Int
  ) throws -> EvaluationRecord.Method {
    var result = EvaluationRecord.Method()
    do {
      guard let map = try explainer.explain(explained, classes: [target]).explanations[0].map else {
        result.errors = ["map": "the method gives no map for this picture"]
        return result
      }
      let subject = try MetricSubject(
        explained, explainer: explainer, class: target, map: map, boxes: boxes,
        seed: pictureSeed(index), companions: { try companions(of: index, target: target) })
      let outcome = try measures.outcome(for: subject)
      for metric in settings.metrics {
        if let found = outcome.values[metric] {
          result.metrics[metric.rawValue] = found.value
          if let curve = found.curve {
            result.curves = (result.curves ?? [:]).merging([metric.rawValue: curve]) { $1 }
          }
        } else if let fault = outcome.faults[metric] {
          result.errors = (result.errors ?? [:]).merging([metric.rawValue: fault.description]) { $1 }
        }
      }
    } catch {
      result.errors = ["map": try EvaluationJob.explanation(of: error)]
    }
    return result
  }

  /// What an error says that is a property of the picture.
  ///
  /// - Throws: any other error.
  private static func explanation(of error: any Error) throws -> String {
    switch error {
    case let fault as any Fault: fault.description
    case let error as AllocationError: "\(error)"
    case let error as ShapeError: error.description
    default: throw error
    }
  }

  /// Random numbers of a picture follow from its place in the data set, whatever shard it is in.
  private func pictureSeed(_ index: Int) -> UInt64 {
    var numbers = SeededNumbers(settings.seed, "picture \(index)")
    return numbers.next()
  }

  private static func likeliest(_ explained: ExplainedInput) throws -> Int {
    ClassRanking(logits: try explained.logits, head: explained.classifier.head).order[0]
  }

  /// The target's boxes in the network's input, where a metric asks for them.
  private func boxes(of target: Int, _ unit: Unit, _ picture: Picture) throws -> [PixelBox] {
    guard settings.metrics.contains(where: \.needsBoxes) else { return [] }
    let labels = unit.label.map { [$0] } ?? unit.item.labels.filter { !$0.boxes.isEmpty }
    let boxes = try labels.filter { try classIndex($0.className) == target }.flatMap(\.boxes)
    guard !boxes.isEmpty else { return [] }
    guard let mapping = picture.mapping else {
      throw EvaluationError(.mismatched, "boxes belong to a picture; give PNG or JPEG files rather than tensors")
    }
    return boxes.compactMap { box in
      PixelBox(
        left: box.left * mapping.scaleX - mapping.left, top: box.top * mapping.scaleY - mapping.top,
        right: box.right * mapping.scaleX - mapping.left, bottom: box.bottom * mapping.scaleY - mapping.top
      ).clipped(width: picture.classifier.width, height: picture.classifier.height)
    }
  }

  /// How many other pictures are looked at for a mosaic.
  private static let companionTries = 100

  /// Three other pictures of other classes, in an order that the seed chooses.
  private func companions(of index: Int, target: Int) throws -> [Image]? {
    var numbers = SeededNumbers(pictureSeed(index), "companions")
    var others = Array(units.indices.filter { $0 != index })
    var seen: Set<Int> = [target]
    var images: [Image] = []
    for _ in 0..<min(EvaluationJob.companionTries, others.count) {
      let other = others.remove(at: numbers.next(below: others.count))
      guard let (image, own) = try companion(other), seen.insert(own).inserted else { continue }
      images.append(image)
      if images.count == 3 { return images }
    }
    return nil
  }

  /// A picture and its class; nil where it cannot be read or is none.
  private func companion(_ index: Int) throws -> (Image, class: Int)? {
    do {
      let unit = units[index]
      let picture = try load(unit.item)
      guard let image = picture.input.picture?.image else { return nil }
      let own = try classes.of(index) {
        try unit.label.map { try classIndex($0.className) }
          ?? EvaluationJob.likeliest(ExplainedInput(picture.input, of: picture.classifier))
      }
      return (image, own)
    } catch is any Fault {
      return nil
    }
  }
}

/// The classes of pictures that were asked for already.
private final class KnownClasses: @unchecked Sendable {
  private let lock = SystemLock()
  private var classes: [Int: Int] = [:]

  func of(_ index: Int, _ find: () throws -> Int) rethrows -> Int {
    if let known = lock.withLock({ classes[index] }) { return known }
    let found = try find()
    lock.withLock { classes[index] = found }
    return found
  }
}
