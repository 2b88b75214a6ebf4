import Conformance
import Foundation
import Kernels
import OnnxFormat
import Tensors
import TestSupport
import Testing

/// Cases written by hand: y = max(x, 0) of two numbers.
@Suite("Conformance cases")
struct CaseTests {
  /// A model with one node of the given operator from x to y, as Protocol Buffers bytes; where there is an extent, x and
  /// y are declared as lists of it.
  private func model(operatorName: String = "Relu", extent: UInt8? = nil) -> [UInt8] {
    func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(content.count)] + content }
    func value(_ name: String) -> [UInt8] {
      // Name, then a tensor type of float32 and its shape.
      let shape = extent.map { field(2, field(1, [1 << 3, $0])) } ?? []
      return field(1, Array(name.utf8)) + field(2, field(1, [1 << 3, 1] + shape))
    }
    let node = field(1, [0x78]) + field(2, [0x79]) + field(4, Array(operatorName.utf8))
    let graph = field(1, node) + field(2, [0x67]) + field(11, value("x")) + field(12, value("y"))
    // IR version 8, the graph, opset 13.
    return [1 << 3, 8] + field(7, graph) + field(8, [2 << 3, 13])
  }

  private func outcome(
    of model: [UInt8], input: Tensor = Tensor(try! Shape([2]), [Float(-1), 2]), expecting output: Tensor,
    tolerance: String? = nil
  ) throws -> ConformanceOutcome {
    let folder = try TemporaryFolder()
    try write(model, input: input, expecting: output, tolerance: tolerance, to: "\(folder.path)/node/test_case")
    let outcomes = try ConformanceSuite(folder: folder.path).run(pool: ThreadPool(threadCount: 1))
    #expect(outcomes.map(\.case.name) == ["node/test_case"])
    return outcomes[0].outcome
  }

  private func write(
    _ model: [UInt8], input: Tensor = Tensor(try! Shape([2]), [Float(-1), 2]), expecting output: Tensor,
    tolerance: String? = nil, to path: String
  ) throws {
    try FileManager.default.createDirectory(atPath: "\(path)/test_data_set_0", withIntermediateDirectories: true)
    try Data(model).write(to: URL(fileURLWithPath: "\(path)/model.onnx"))
    try TensorFile.write(input, name: "x", to: "\(path)/test_data_set_0/input_0.pb")
    try TensorFile.write(output, name: "y", to: "\(path)/test_data_set_0/output_0.pb")
    try tolerance?.write(toFile: "\(path)/data.json", atomically: true, encoding: .utf8)
  }

  private func floats(_ values: Float...) -> Tensor { Tensor(try! Shape([values.count]), values) }

  @Test func valuesMayDifferByTheTolerance() throws {
    #expect(try outcome(of: model(), expecting: floats(0, 2)) == .passed)
    #expect(try outcome(of: model(), expecting: floats(0, 2.0019)) == .passed)
    let far = try outcome(of: model(), expecting: floats(0, 2.0021))
    guard case .failed(let message) = far else {
      Issue.record("\(far)")
      return
    }
    #expect(message.contains("[1]") && message.contains("2.0021"))
    #expect(try outcome(of: model(), expecting: floats(0, 2.01), tolerance: "{\"rtol\": 0.01, \"atol\": 0}") == .passed)
  }

  @Test func shapesAndTypesMustAgree() throws {
    for expected in [floats(0, 2, 0), Tensor(try Shape([2]), [0.0, 2.0])] {
      guard case .failed = try outcome(of: model(), expecting: expected) else {
        Issue.record("passes")
        continue
      }
    }
  }

  @Test func nanIsNearNaNAlone() throws {
    #expect(try outcome(of: model(), input: floats(.nan, 1), expecting: floats(.nan, 1)) == .passed)
    for (given, expected) in [(Float.nan, Float(0)), (0, .nan), (.infinity, 1), (1, .infinity)] {
      guard case .failed = try outcome(of: model(), input: floats(given, 1), expecting: floats(expected, 1)) else {
        Issue.record("\(given) passes for \(expected)")
        continue
      }
    }
  }

  @Test func whatIsNotImplementedIsNamed() throws {
    guard case .unsupported(let what, _) = try outcome(of: model(operatorName: "Rela"), expecting: floats(0, 2)) else {
      Issue.record("is supported")
      return
    }
    #expect(what == "operator Rela")
  }

  @Test func errorsAreMeasured() throws {
    let folder = try TemporaryFolder()
    try write(model(), expecting: floats(0, 2.25), to: "\(folder.path)/node/test_case")
    let results = try ConformanceSuite(folder: folder.path).run(pool: ThreadPool(threadCount: 1))
    #expect(results[0].details == .init(operators: ["Relu"], opset: 13, maxError: 0.25))
  }

  @Test func casesAreFoundWhereverTheyLie() throws {
    let folder = try TemporaryFolder()
    for place in ["1.2.2/node/test_a", "node/test_a", "test_b"] {
      try write(model(), expecting: floats(0, 2), to: "\(folder.path)/\(place)")
    }
    let all = try ConformanceSuite(folder: folder.path)
    #expect(all.cases.map(\.name) == ["1.2.2/node/test_a", "node/test_a", "test_b"])
    let single = try ConformanceSuite(folder: "\(folder.path)/test_b/")
    #expect(single.cases.map(\.name) == ["test_b"])
    let alike = try ConformanceSuite(folders: ["\(folder.path)/node", "\(folder.path)/1.2.2/node"])
    #expect(alike.cases.map(\.name) == ["\(folder.path)/1.2.2/node/test_a", "\(folder.path)/node/test_a"])
  }

  @Test func modelsBesideTheirOutputsRunOnRamps() throws {
    let folder = try TemporaryFolder()
    try folder.write(model(extent: 4), to: "light_a.onnx")
    try TensorFile.write(floats(0, 0.25, 0.5, 0.75), name: "y", to: folder.file("light_a_output_0.pb"))
    try folder.write(model(extent: 4), to: "alone.onnx")
    let results = try ConformanceSuite(folder: folder.path).run(pool: ThreadPool(threadCount: 2))
    #expect(results.map(\.case.name) == ["light_a"])
    #expect(results.map(\.outcome) == [.passed])
  }

  @Test func limitsHold() throws {
    let folder = try TemporaryFolder()
    try write(model(), expecting: floats(0, 2), to: "\(folder.path)/test_case")
    let suite = try ConformanceSuite(folder: folder.path)
    let pool = ThreadPool(threadCount: 1)
    for limits in [ConformanceLimits(seconds: 1e-9), ConformanceLimits(memoryBytes: 16)] {
      guard case .failed = suite.run(pool: pool, limits: limits)[0].outcome else {
        Issue.record("\(limits) is passed")
        continue
      }
    }
    #expect(suite.run(pool: pool, limits: ConformanceLimits(memoryBytes: 1 << 20))[0].outcome == .passed)
  }

  @Test func aFolderWithoutCasesIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    #expect(throws: FileError.self) { try ConformanceSuite(folder: path) }
    #expect(throws: FileError.self) { try ConformanceSuite(folder: "\(path)/none") }
  }
}
