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
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard !FileManager.default.fileExists(atPath: path) else {
      throw FileError(
        .inputOutput, path: path, "exists already; a golden is never overwritten: remove it or choose another --output")
    }
    let name = ".\((path as NSString).lastPathComponent).\(String(UInt64.random(in: .min ... .max), radix: 36)).partial"
    temporary = Self.folder(of: path) + name
    self.session = session
    self.model = model
    self.modelPath = modelPath
    self.path = path
    try Self.makeFolder(temporary, for: path)
    try AtomicFile.write("", to: "\(temporary)/\(Golden.unfinishedName)")
  }

  /// Runs the model on one input and writes the values.
  ///
  /// - Parameters:
  ///   - inputs: a tensor for each of the graph's inputs.
  ///   - source: the file that the input was made from.
  ///   - preprocessing: how, in words; nil where it was taken as it is.
  ///   - keeps: whether an inner value of a name is written down whole.
  ///   - explains: whether a Score-CAM map is made of it as well, which takes a run for each channel of a layer.
  public mutating func record(
    _ inputs: [ValueID: Tensor], source: String, preprocessing: String?,
    keeps: @escaping (String) -> Bool = { _ in false },
    explains: Bool = false
  ) throws {
    let (graph, temporary) = (session.graph, temporary)
    let folder = "test_data_set_\(dataSets.count)"
    try Self.makeFolder("\(temporary)/\(folder)", for: path)
    var files: [GoldenManifest.File] = []
    var values: [GoldenManifest.Value] = []
    var nodes: [ValueStatistics] = []
    var means: [Float] = []
    func note(_ file: String) throws {
      files.append(.init(path: file, sha256: try FileDigest.sha256(of: "\(temporary)/\(file)")))
    }
    func write(_ tensor: Tensor, _ name: String, _ file: String) throws {
      try TensorFile.write(tensor, name: name, to: "\(temporary)/\(file)")
      try note(file)
    }
    func write(array: Tensor, _ file: String) throws {
      try NpyFile.write(array, to: "\(temporary)/\(file)")
      try note(file)
    }
    var failure: (any Error)?
    let outputs = try session.run(inputs) { value, tensor in
      guard let producer = graph.producers[value.index] else { return }
      let name = graph.name(of: value)
      nodes.append(ValueStatistics(of: tensor, value: name, node: graph.nodes[producer], in: graph))
      means += ChannelMeans.of(tensor)
      guard failure == nil, keeps(name), tensor.elementType != .string else { return }
      let file = "\(folder)/value_\(values.count).pb"
      do { try write(tensor, name, file) } catch { failure = error }
      values.append(.init(value: name, path: file))
    }
    if let failure { throw failure }
    for (index, value) in graph.inputs.enumerated() {
      try write(inputs[value]!, graph.name(of: value), "\(folder)/input_\(index).pb")
    }
    for (index, value) in graph.outputs.enumerated() {
      try write(outputs[value]!, graph.name(of: value), "\(folder)/output_\(index).pb")
    }
    let meansFile = "\(folder)/channel_means.npy"
    try write(array: Tensor(try Shape([means.count]), means), meansFile)
    var explanation: GoldenManifest.Explanation?
    if explains, let input = graph.inputs.first, let tensor = inputs[input] {
      let record = try ExplanationRecord(session, tensor)
      let (map, scores) = ("\(folder)/explanation_map.npy", "\(folder)/explanation_scores.npy")
      if let tensor = record.map?.tensor { try write(array: tensor, map) }
      try write(array: record.scores, scores)
      explanation = .init(
        method: "score-cam", preset: ExplanationRecord.preset.rawValue, classIndex: record.classIndex,
        node: record.layer.label, value: record.layer.valueName, channels: record.scores.shape[0],
        map: record.map.map { _ in map }, scores: scores)
    }
    dataSets.append(
      .init(
        folder: folder, source: .init(path: source, sha256: try FileDigest.sha256(of: source)),
        preprocessing: preprocessing, files: files, nodes: nodes, channelMeans: meansFile,
        values: values.isEmpty ? nil : values, explanation: explanation))
  }

  /// Writes the manifest and puts the golden in its place.
  public func finish(tool: String, tolerance: ToleranceSet) throws {
    let graph = session.graph
    let external = try model.externalFiles.map { location in
      let path = Self.folder(of: modelPath) + location
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
    guard unlink("\(temporary)/\(Golden.unfinishedName)") == 0, rename(temporary, path) == 0 else {
      throw FileError.system(path: path, "cannot put the golden there")
    }
  }

  /// Removes what was written so far; after `finish` there is nothing.
  public func discard() { try? FileManager.default.removeItem(atPath: temporary) }

  /// The folder of a file, with a slash behind it; nothing for a name alone.
  private static func folder(of path: String) -> String { path.lastIndex(of: "/").map { String(path[...$0]) } ?? "" }

  private static func makeFolder(_ folder: String, for path: String) throws(FileError) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw FileError(.inputOutput, path: path, "cannot make the folder: \(error.localizedDescription)")
    }
  }
}
