import Foundation
import TestSupport
import Testing

/// `--set` of `explain` and `evaluate`: what is given for one method goes before what is given for all.
struct MethodSettingsTests {
  private let model = Checkout.fixture("shapes/shapes.onnx")
  private let picture = Checkout.fixture("shapes/boat.png")

  private static let cases = [
    (["masks=20", "rise.masks=30"], "30"), (["rise.masks=30", "masks=20"], "30"), (["masks=20"], "20"),
    (["masks=20", "masks=10"], "10"), (["rise.masks=30", "rise.masks=40"], "40"),
  ]

  private func document(_ path: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))) as? [String: Any] ?? [:]
  }

  @Test(arguments: cases)
  func theMoreParticularCounts(settings: [String], masks: String) throws {
    let folder = try TemporaryFolder()
    let set = settings.flatMap { ["--set", $0] } + ["--quiet"]
    let explain = try CommandLineTool(
      ["explain", model, picture, "--method", "rise", "--output", folder.file("maps")] + set)
    #expect(explain.exitCode == 0)
    let manifest = try document(folder.file("maps/boat.json"))
    #expect((manifest["knobs"] as? [String: String])?["masks"] == masks)

    let table = try folder.write(Array("file\n\(picture)\n".utf8), to: "pictures.csv")
    let evaluate = try CommandLineTool(
      [
        "evaluate", model, table, "--methods", "random,rise", "--metrics", "complexity", "--output",
        folder.file("numbers"),
      ] + set)
    #expect(evaluate.exitCode == 0)
    let methods = try document(folder.file("numbers/protocol.json"))["methods"] as? [[String: Any]]
    let rise = try #require(methods?.first { $0["name"] as? String == "rise" })
    #expect((rise["knobs"] as? [String: String])?["masks"] == masks)
  }

  @Test(arguments: ["masks", "masks=x", "=3", "steps=3", "lime.masks=3", "rise.=3", "masks=nan"])
  func whatNoMethodTakesIsRefused(setting: String) throws {
    let folder = try TemporaryFolder()
    let pictures = Checkout.fixture("shapes")
    for arguments in [["explain", model, picture, "--method"], ["evaluate", model, pictures, "--methods"]] {
      let tool = try CommandLineTool(arguments + ["rise", "--output", folder.file("out"), "--set", setting])
      #expect(tool.exitCode == 64)
      #expect(tool.errors.contains("--set \(setting)"))
    }
  }
}
