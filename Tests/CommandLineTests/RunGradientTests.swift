import Foundation
import Tensors
import TestSupport
import Testing

/// `run --gradient-of` on models of one operator from x to y, with results worked out by hand.
struct RunGradientTests {
  /// Runs a model of that operator on (−1, 2).
  private func run(
    _ operatorName: String, _ options: String..., in folder: borrowing TemporaryFolder
  ) throws -> CommandLineTool {
    let model = try folder.write(Wire.model(operatorName: operatorName), to: "model.onnx")
    try NpyFile.write(Tensor(try Shape([1, 2]), [Float(-1), 2]), to: folder.file("x.npy"))
    return try CommandLineTool(
      ["run", model, "--input", "x=\(folder.file("x.npy"))", "--output", folder.file("results")] + options)
  }

  @Test func writesGradients() throws {
    let folder = try TemporaryFolder()
    let tool = try run(
      "Relu", "--gradient-of", "y[0]", "--gradient-of", "y[0,1]", "--with-respect-to", "x", in: folder)
    #expect(tool.exitCode == 0, "\(tool.errors)")
    for (index, expected) in [("0", [Float(0), 0]), ("0,1", [0, 1])] {
      let gradient = try NpyFile.read(folder.file("results/gradient-of-y[\(index)]-by-x.npy"))
      #expect(gradient.shape.dimensions == [1, 2])
      #expect(gradient.elements(of: Float.self) == expected)
    }
    #expect(try NpyFile.read(folder.file("results/y.npy")).elements(of: Float.self) == [0, 2])
  }

  /// The largest element of all, which ReduceMax leaves alone of two.
  @Test func takesTheOnlyElement() throws {
    let folder = try TemporaryFolder()
    let tool = try run("ReduceMax", "--gradient-of", "y", in: folder)
    #expect(tool.exitCode == 0, "\(tool.errors)")
    #expect(try NpyFile.read(folder.file("results/gradient-of-y-by-x.npy")).elements(of: Float.self) == [0, 1])
    #expect(try NpyFile.read(folder.file("results/y.npy")).elements(of: Float.self) == [2])
  }

  @Test func refuses() throws {
    let folder = try TemporaryFolder()
    let round = try run("Round", "--gradient-of", "y[1]", in: folder)
    #expect(round.exitCode == 3)
    #expect(round.errors.contains("Round node 'Round → y', opset 13"))
    let index = try run("Exp", "--gradient-of", "y[2]", in: folder)
    #expect(index.exitCode == 4 && index.errors.contains("no element [2]"), "\(index.errors)")
    let form = try run("Exp", "--gradient-of", "y", in: folder)
    #expect(form.exitCode == 4 && form.errors.contains("choose an element, such as 'y[0]'"), "\(form.errors)")
    let empty = try run("Exp", "--gradient-of", "y[]", in: folder)
    #expect(empty.exitCode == 64 && empty.errors.contains("VALUE[INDEX] is expected"), "\(empty.errors)")
    let alone = try run("Exp", "--with-respect-to", "x", in: folder)
    #expect(alone.exitCode == 64 && alone.errors.contains("go with --gradient-of"), "\(alone.errors)")
  }
}
