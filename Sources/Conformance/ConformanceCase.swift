import OnnxFormat
import Tensors

#if canImport(FoundationEssentials)
  private import FoundationEssentials
#else
  private import Foundation
#endif

/// One conformance case: a model, and data sets of inputs with the outputs they must give.
public struct ConformanceCase: Sendable {
  /// Kind and name, such as `node/test_relu`.
  public let name: String

  /// Where the case's files are.
  public let folder: String

  public init(name: String, folder: String) {
    self.name = name
    self.folder = folder
  }

  var modelPath: String { "\(folder)/model.onnx" }

  /// The folders of the data sets, sorted.
  func dataSets() throws(FileError) -> [String] {
    try ConformanceSuite.contents(of: folder).filter { $0.hasPrefix("test_data_set_") }.sorted()
      .map { "\(folder)/\($0)" }
  }

  /// The tensors `prefix`_0.pb, `prefix`_1.pb, … of a data set.
  func tensors(_ prefix: String, in dataSet: String) throws(ModelError) -> [Tensor] {
    var tensors: [Tensor] = []
    while FileManager.default.fileExists(atPath: "\(dataSet)/\(prefix)_\(tensors.count).pb") {
      tensors.append(try TensorFile.read("\(dataSet)/\(prefix)_\(tensors.count).pb").tensor)
    }
    return tensors
  }

  /// The case's own tolerance, or else the suite's.
  func tolerance() -> SuiteTolerance {
    guard let data = FileManager.default.contents(atPath: "\(folder)/data.json"),
      let own = try? JSONDecoder().decode(SuiteTolerance.self, from: data)
    else { return SuiteTolerance() }
    return own
  }
}
