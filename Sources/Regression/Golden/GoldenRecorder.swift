public import Execution
import Foundation
public import GraphIR
import Kernels
import OnnxFormat
import Reporting
public import Tensors

/// Writes a golden: what a model gives for some inputs, so that later exports can be held against it.
///
/// A golden is a folder of ONNX's own form, `test_data_set_N/{input,output}_M.pb`, with a `manifest.json`. It is written
/// beside its place under a hidden name and renamed at the end, so that it is there whole or not at all.
public struct GoldenRecorder {
  private let session: Session
  private let model: Model
  private let modelPath: String
  private let path: String
  private let temporary: String
  private var dataSets: [GoldenManifest.DataSet] = []

  /// Makes the hidden folder.
  ///
  /// - Throws: `FileError` where there is something at `path` already, or nothing can be written there.
  public init(_ session: Session, model: Model, modelPath: String, output path: String) throws(FileError) {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard !FileManager.default.fileExists(atPath: path) else {
      throw FileError(
        .inputOutput, path: path, "exists already; a golden is never overwritten: remove it or choose another --output")
    }
    let folder = (path as NSString).deletingLastPathComponent
    let name = ".\((path as NSString).lastPathComponent).\(String(UInt64.random(in: .min ... .max), radix: 36)).partial"
    temporary = folder.isEmpty ? name : "\(folder)/\(name)"
    self.session = session
    self.model = model
    self.modelPath = modelPath
    self.path = path
    try Self.makeFolder(temporary, for: path)
  }

  /// Runs the model on one input and writes the values.
  ///
  /// - Parameters:
  ///   - inputs: a tensor for each of the graph's inputs.
  ///   - source: the file that the input was made from.
  ///   - preprocessing: how, in words; nil where it was taken as it is.
  public mutating func record(_ inputs: [ValueID: Tensor], source: String, preprocessing: String?) throws {
    let graph = session.graph
    let folder = "test_data_set_\(dataSets.count)"
    try Self.makeFolder("\(temporary)/\(folder)", for: path)
    let (outputs, nodes) = try session.runWithStatistics(inputs)
    var files: [GoldenManifest.File] = []
    func write(_ values: [ValueID], _ tensors: [ValueID: Tensor], _ prefix: String) throws {
      for (index, value) in values.enumerated() {
        let file = "\(folder)/\(prefix)_\(index).pb"
        try TensorFile.write(tensors[value]!, name: graph.name(of: value), to: "\(temporary)/\(file)")
        files.append(.init(path: file, sha256: try FileDigest.sha256(of: "\(temporary)/\(file)")))
      }
    }
    try write(graph.inputs, inputs, "input")
    try write(graph.outputs, outputs, "output")
    dataSets.append(
      .init(
        folder: folder, source: .init(path: source, sha256: try FileDigest.sha256(of: source)),
        preprocessing: preprocessing, files: files, nodes: nodes))
  }

  /// Writes the manifest and puts the golden in its place.
  public func finish(tool: String, tolerance: ToleranceSet) throws {
    let graph = session.graph
    let folder = (modelPath as NSString).deletingLastPathComponent
    let external = try model.externalFiles.map { location in
      let path = folder.isEmpty ? location : "\(folder)/\(location)"
      return GoldenManifest.File(path: path, sha256: try FileDigest.sha256(of: path))
    }
    let manifest = GoldenManifest(
      format: GoldenManifest.currentFormat, tool: tool, instructionSet: "\(InstructionSet.current)",
      model: .init(path: modelPath, sha256: try FileDigest.sha256(of: modelPath)), externalData: external,
      opsets: Dictionary(
        graph.opsets.map { ($0.key.isEmpty ? "ai.onnx" : $0.key, $0.value) }, uniquingKeysWith: { first, _ in first }),
      producer: [model.producerName, model.producerVersion].filter { !$0.isEmpty }.joined(separator: " "),
      inputs: graph.inputs.map { graph.name(of: $0) }, outputs: graph.outputs.map { graph.name(of: $0) },
      tolerance: tolerance, dataSets: dataSets)
    try AtomicFile.write(try JSONDocument.text(of: manifest), to: "\(temporary)/\(Golden.manifestName)")
    guard rename(temporary, path) == 0 else { throw FileError.system(path: path, "cannot put the golden there") }
  }

  /// Removes what was written so far; after `finish` there is nothing.
  public func discard() { try? FileManager.default.removeItem(atPath: temporary) }

  private static func makeFolder(_ folder: String, for path: String) throws(FileError) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw FileError(.inputOutput, path: path, "cannot make the folder: \(error.localizedDescription)")
    }
  }
}

extension Session {
  /// The outputs for some inputs, and the statistics of all tensors that nodes make, in the order in which they run.
  func runWithStatistics(_ inputs: [ValueID: Tensor]) throws -> ([ValueID: Tensor], [ValueStatistics]) {
    let graph = graph
    var nodes: [ValueStatistics] = []
    let outputs = try run(inputs) { value, tensor in
      guard let producer = graph.producers[value.index] else { return }
      nodes.append(
        ValueStatistics(of: tensor, value: graph.name(of: value), node: graph.nodes[producer], in: graph))
    }
    return (outputs, nodes)
  }
}
