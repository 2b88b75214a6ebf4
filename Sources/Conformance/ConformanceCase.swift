import GraphIR
import OnnxFormat
import Tensors

#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif

/// One conformance case: a model, and data sets of inputs with the outputs they must give.
public struct ConformanceCase: Sendable {
  /// Where a case's inputs and expected outputs come from.
  enum DataSource: Sendable {
    /// The folders `test_data_set_*` beside the model.
    case folders
    /// The outputs `STEM_output_*.pb`; the inputs are ramps.
    case ramp(stem: String)
  }

  /// Kind and name, such as `node/test_relu`.
  public private(set) var name: String

  /// Where the case's files are.
  public let folder: String

  let modelPath: String

  let source: DataSource

  /// A case in a folder of its own: `model.onnx` and data sets.
  public init(name: String, folder: String) {
    self.name = name
    self.folder = folder
    modelPath = "\(folder)/model.onnx"
    source = .folders
  }

  /// A case of `STEM.onnx` and `STEM_output_0.pb`, …, which runs on ramps.
  init(name: String, folder: String, stem: String) {
    self.name = name
    self.folder = folder
    modelPath = "\(folder)/\(stem).onnx"
    source = .ramp(stem: "\(folder)/\(stem)")
  }

  /// The same case, named after where its files are.
  func namedAfterPath() -> ConformanceCase {
    var renamed = self
    switch source {
    case .folders: renamed.name = folder
    case .ramp(let stem): renamed.name = stem
    }
    return renamed
  }

  /// The folders of the data sets, sorted.
  func dataSets() throws(FileError) -> [String] {
    try CaseFinder.contents(of: folder).filter { $0.hasPrefix("test_data_set_") }.sorted()
      .map { "\(folder)/\($0)" }
  }

  /// The values in the files `prefix`0.pb, `prefix`1.pb, …
  ///
  /// - Parameter kinds: of the values; those that follow are tensors.
  func values(
    _ prefix: String, as kinds: [DeclaredType.Kind], limits: Limits
  ) throws(ModelError) -> [RuntimeValue] {
    var values: [RuntimeValue] = []
    while FileManager.default.fileExists(atPath: "\(prefix)\(values.count).pb") {
      let kind = kinds.indices.contains(values.count) ? kinds[values.count] : .tensor
      values.append(try ValueFile.read("\(prefix)\(values.count).pb", as: kind, limits: limits))
    }
    return values
  }

  /// The case's own tolerance, or else the suite's.
  func tolerance() -> SuiteTolerance {
    guard case .folders = source, let data = FileManager.default.contents(atPath: "\(folder)/data.json"),
      let own = try? JSONDecoder().decode(SuiteTolerance.self, from: data)
    else { return SuiteTolerance() }
    return own
  }
}
