import Foundation
import Imaging
import Tensors
import TestSupport
import Testing

/// What `explain`, `classify`, `inspect` and `run` print and write, for the committed networks.
struct ExplainCommandTests {
  private let model = Checkout.fixture("shapes/shapes.onnx")
  private let picture = Checkout.fixture("shapes/boat.png")
  private let labels = Checkout.fixture("shapes/shapes.labels.txt")

  @Test func explainWritesAllItsFiles() throws {
    let folder = try TemporaryFolder()
    let tool = try CommandLineTool(
      [
        "explain", model, picture, "--labels", labels, "--class", "top:2", "--montage", "4", "--report",
        "--output", folder.file("out"), "--json",
      ])
    #expect(tool.exitCode == 0)
    let document = try tool.json()
    let results = try #require(document["results"] as? [[String: Any]])
    #expect(results.count == 2)
    #expect(document["model"] as? String == model)
    for result in results {
      let files = try #require(result["files"] as? [String: Any])
      for key in ["map", "heatmap", "overlay", "scores", "manifest", "report"] {
        let file = try #require(files[key] as? String)
        #expect(FileManager.default.fileExists(atPath: file), "\(key)")
      }
      #expect((files["montage"] as? [String])?.count == 2)
      let map = try NpyFile.read(try #require(files["map"] as? String))
      #expect(map.shape.dimensions == [96, 96])
      let heatMap = try Image.decode(contentsOf: try #require(files["heatmap"] as? String)).image
      let photograph = try Image.decode(contentsOf: picture).image
      #expect((heatMap.width, heatMap.height) == (photograph.width, photograph.height))
    }
    let index = try #require((results[0]["class"] as? [String: Any])?["index"] as? Int)
    #expect(
      Set(try FileManager.default.contentsOfDirectory(atPath: folder.file("out"))).isSuperset(of: [
        "boat.\(index).map.npy", "boat.\(index).heatmap.png", "boat.\(index).overlay.png", "boat.scores.npy",
        "boat.json", "boat.report.html",
      ]))
    let manifest = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: folder.file("out/boat.json"))))
        as? [String: Any])
    let knobs = try #require(manifest["knobs"] as? [String: String])
    #expect(knobs["score"] == "probability")
    #expect(knobs["baseline"] == "zero")
    #expect((manifest["layer"] as? [String: Any])?["reason"] as? String != nil)
    #expect((manifest["model"] as? [String: Any])?["sha256"] as? String != nil)
  }

  @Test func knobsAreSetOverThePreset() throws {
    let folder = try TemporaryFolder()
    let tool = try CommandLineTool(
      [
        "explain", model, picture, "--preset", "torchcam", "--weights", "relu", "--baseline", "value:0.5",
        "--upsample", "bicubic", "--output", folder.file("out"), "--quiet",
      ])
    #expect(tool.exitCode == 0)
    #expect(tool.errors.isEmpty)
    let text = try String(contentsOfFile: folder.file("out/boat.json"), encoding: .utf8)
    for knob in [#""weights" : "relu""#, #""baseline" : "value:0.5""#, #""upsample" : "bicubic""#] {
      #expect(text.contains(knob))
    }
  }

  /// Probabilities that onnxruntime gives; `Fixtures/expected/README.md` says how they were made.
  @Test func classifyGivesTheReferencesProbabilities() throws {
    let expected = try NpyFile.read(Checkout.fixture("expected/shapes.boat.probabilities.npy"))
      .elements(of: Float.self)
    let tool = try CommandLineTool(["classify", model, picture, "--labels", labels, "--top", "3", "--json"])
    let inputs = try #require(try tool.json()["inputs"] as? [[String: Any]])
    let top = try #require(inputs.first?["top"] as? [[String: Any]])
    #expect(top.count == 3)
    for entry in top {
      let index = try #require(entry["index"] as? Int)
      let probability = try #require(entry["probability"] as? Double)
      #expect(abs(probability - Double(expected[index])) < 1e-5)
    }
    #expect(top.first?["index"] as? Int == expected.indices.max { expected[$0] < expected[$1] })
    #expect((top.first?["name"] as? String)?.contains("boat") == true)
  }

  @Test func classesByNameAreFound() throws {
    let folder = try TemporaryFolder()
    let tool = try CommandLineTool(
      [
        "explain", model, picture, "--labels", labels, "--class", "boat", "--output", folder.file("out"), "--json",
        "--quiet",
      ])
    let results = try #require(try tool.json()["results"] as? [[String: Any]])
    #expect((results[0]["class"] as? [String: Any])?["name"] as? String == "boat")
  }

  @Test func inspectListsLayersAndMarksTheAutomaticOne() throws {
    let tool = try CommandLineTool(["inspect", model, "--layers", "--json"])
    #expect(tool.exitCode == 0)
    let layers = try #require(try tool.json()["layers"] as? [[String: Any]])
    #expect(layers.count { $0["is_automatic"] as? Bool == true } == 1)
    let text = try CommandLineTool(["inspect", model, "--layers"]).output
    #expect(text.contains("→ "))
    #expect(text.contains("multiply-accumulates"))
  }

  /// Logits that onnxruntime gives.
  @Test func runWritesOutputsAndFetchedValues() throws {
    let folder = try TemporaryFolder()
    let input = Checkout.fixture("expected/odd-layers.odd-layers.input.npy")
    let tool = try CommandLineTool(
      [
        "run", Checkout.fixture("odd-layers/odd-layers.onnx"), "--input", "input=\(input)", "--fetch", "logits",
        "--output", folder.file("out"),
      ])
    #expect(tool.exitCode == 0)
    for name in ["logits", "probabilities"] {
      let actual = try NpyFile.read(folder.file("out/\(name).npy")).elements(of: Float.self)
      let expected = try NpyFile.read(Checkout.fixture("expected/odd-layers.odd-layers.\(name).npy"))
        .elements(of: Float.self)
      #expect(zip(actual, expected).allSatisfy { abs($0 - $1) < 1e-5 })
      #expect(actual.count == expected.count)
    }
  }

  @Test func oneBadPictureDoesNotStopTheOthers() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("no picture".utf8), to: "a.png")
    let good = folder.file("b.png")
    try FileManager.default.copyItem(atPath: picture, toPath: good)
    let tool = try CommandLineTool(["classify", model, folder.path, "--json"])
    #expect(tool.exitCode == 4)
    #expect(tool.errors.contains("a.png"))
    let text = tool.output
    #expect(text.contains("b.png"))
  }

  @Test func severalMethodsAreCompared() throws {
    let folder = try TemporaryFolder()
    let tool = try CommandLineTool(
      [
        "explain", model, picture, "--method", "score-cam,cam,occlusion,random", "--preset", "paper,torchcam",
        "--set", "window=4", "--set", "occlusion.window=40", "--seed", "3", "--output", folder.file("out"), "--json",
      ])
    #expect(tool.exitCode == 0)
    let document = try tool.json()
    let results = try #require(document["results"] as? [[String: Any]])
    #expect(results.map { $0["method"] as? String } == ["score-cam", "score-cam", "cam", "occlusion", "random"])
    let comparison = try #require((document["comparisons"] as? [[String: Any]])?.first)
    let names = ["score-cam.paper", "score-cam.torchcam", "cam", "occlusion", "random"]
    #expect(comparison["maps"] as? [String] == names)
    let matrix = try #require(comparison["spearman"] as? [[Double]])
    for index in names.indices { #expect(abs(matrix[index][index] - 1) < 1e-12) }
    // Both are made of the same channels of the same picture.
    #expect(matrix[0][1] > 0.8)
    #expect(abs(matrix[0][4]) < 0.1)
    let files = try #require(comparison["files"] as? [String: String])
    for file in files.values { #expect(FileManager.default.fileExists(atPath: file), "\(file)") }
    for name in names {
      #expect(FileManager.default.fileExists(atPath: folder.file("out/boat.\(name).json")), "\(name)")
    }
    let manifest = try #require(
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: folder.file("out/boat.random.json"))))
        as? [String: Any])
    #expect(manifest["seed"] as? Int == 3)
    let occlusion = try #require(
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: folder.file("out/boat.occlusion.json")))) as? [String: Any])
    #expect((occlusion["knobs"] as? [String: String])?["window"] == "40")
    #expect(manifest["layer"] == nil)
  }

  @Test func severalLayersArePutTogether() throws {
    let folder = try TemporaryFolder()
    let tool = try CommandLineTool(
      [
        "explain", model, picture, "--method", "ablation-cam", "--layer", "conv:-1", "--layer",
        "/block3/relu/Relu_output_0", "--fuse", "product", "--smooth", "--output", folder.file("out"), "--quiet",
      ])
    #expect(tool.exitCode == 0)
    let manifest = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: folder.file("out/boat.json"))))
        as? [String: Any])
    let knobs = try #require(manifest["knobs"] as? [String: String])
    #expect(knobs["fuse"] == "product")
    #expect(knobs["layers"] == "/block4/conv/Conv_output_0, /block3/relu/Relu_output_0")
    #expect(knobs["smooth"] != nil)
  }

  @Test(arguments: [
    (["--method", "score-cam,nothing"], "nothing"), (["--method", "rise", "--set", "maskz=3"], "maskz"),
    (["--method", "rise", "--set", "masks"], "a name and a number"), (["--fuse", "max"], "two layers"),
    (["--method", "rise,rise"], "rise,rise"),
  ])
  func wrongMethodsAreUsageErrors(arguments: [String], words: String) throws {
    let tool = try CommandLineTool(["explain", model, picture] + arguments)
    #expect(tool.exitCode == 64)
    #expect(tool.errors.contains(words))
  }
}
