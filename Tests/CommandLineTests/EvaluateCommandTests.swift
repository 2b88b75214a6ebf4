import Foundation
import TestSupport
import Testing

/// What `evaluate` and `merge` write, for the committed network and its pictures.
struct EvaluateCommandTests {
  private let model = Checkout.fixture("shapes/shapes.onnx")
  private let labels = Checkout.fixture("shapes/shapes.labels.txt")

  /// A table of the pictures, some of them twice, one of which cannot be read.
  private func makeDataSet(in folder: borrowing TemporaryFolder) throws -> String {
    let pictures = ["boat", "car", "flower", "fish-and-house", "boat", "car", "flower"]
    var table = "file,class,boxes\n"
    for (index, name) in pictures.enumerated() {
      let file = "\(index)-\(name).png"
      try FileManager.default.copyItem(
        atPath: Checkout.fixture("shapes/\(name).png"), toPath: folder.file(file))
      table += "\(file),\(name == "fish-and-house" ? "fish" : name),10 10 60 60;70 70 90 90\n"
      if index == 3 {
        try folder.write(Array("no picture".utf8), to: "broken.png")
        table += "broken.png,car,\n"
      }
    }
    return try folder.write(Array(table.utf8), to: "pictures.csv")
  }

  private func arguments(_ dataSet: String, _ output: String) -> [String] {
    [
      "evaluate", model, dataSet, "--labels", labels, "--metrics",
      "average-drop,average-gain,insertion,pointing-game,grid-pointing-game", "--steps", "4", "--resamples", "50",
      "--output", output, "--quiet",
    ]
  }

  /// The files of a folder but its lock, by name.
  private func contents(of folder: String) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)"))) })
  }

  @Test func shardsAndInterruptedRunsGiveTheSameBytes() throws {
    let folder = try TemporaryFolder()
    let dataSet = try makeDataSet(in: folder)
    let whole = try CommandLineTool(arguments(dataSet, folder.file("whole")))
    #expect(whole.exitCode == 4)
    #expect(whole.errors.contains("broken.png"))
    let expected = try contents(of: folder.file("whole"))
    #expect(Set(expected.keys) == ["protocol.json", "results.jsonl", "summary.csv", "summary.md", "insertion.svg"])
    let lines = String(decoding: try #require(expected["results.jsonl"]), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 8)

    for count in [2, 7] {
      let shards = (1...count).map { folder.file("\(count)-\($0)") }
      for (number, shard) in shards.enumerated().reversed() {
        let tool = try CommandLineTool(arguments(dataSet, shard) + ["--shard", "\(number + 1)/\(count)"])
        #expect([0, 4].contains(tool.exitCode))
      }
      let merged = folder.file("merged-\(count)")
      let tool = try CommandLineTool(["merge"] + shards.shuffled() + ["--output", merged, "--quiet"])
      #expect(tool.exitCode == 4, "the record of the broken picture is there, and says so")
      #expect(try contents(of: merged) == expected, "\(count) shards")
    }

    let interrupted = folder.file("interrupted")
    let killed = try CommandLineTool(arguments(dataSet, interrupted)) { process in
      let results = "\(interrupted)/results.jsonl"
      for _ in 0..<6000 {
        let written = FileManager.default.contents(atPath: results)?.count { $0 == UInt8(ascii: "\n") } ?? 0
        if written >= 2 { break }
        usleep(10_000)
      }
      kill(process, SIGKILL)
      return {}
    }
    #expect(killed.exitCode == SIGKILL)
    // As if the process had died in the middle of a line.
    let handle = try #require(FileHandle(forWritingAtPath: "\(interrupted)/results.jsonl"))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(#"{"class":3,"fi"#.utf8))
    try handle.close()
    let resumed = try CommandLineTool(arguments(dataSet, interrupted))
    #expect(resumed.exitCode == 4)
    #expect(try contents(of: interrupted) == expected)
  }

  @Test func tablesSayWhatTheyMean() throws {
    let folder = try TemporaryFolder()
    let dataSet = try makeDataSet(in: folder)
    let tool = try CommandLineTool(
      arguments(dataSet, folder.file("out")) + ["--limit", "2", "--target", "label", "--json"])
    #expect(tool.exitCode == 0)
    let document = try tool.json()
    let values = try #require(document["values"] as? [[String: Any]])
    #expect(values.count == 5)
    for value in values {
      // Two pictures are too few for a mosaic.
      let isMosaic = value["metric"] as? String == "grid-pointing-game"
      #expect(value["n"] as? Int == (isMosaic ? 0 : 2))
      if isMosaic { continue }
      let (mean, lower) = (try #require(value["mean"] as? Double), try #require(value["lower"] as? Double))
      let upper = try #require(value["upper"] as? Double)
      #expect(lower <= mean && mean <= upper)
    }
  }

  @Test func anotherEvaluationsFolderIsLeftAlone() throws {
    let folder = try TemporaryFolder()
    let dataSet = try makeDataSet(in: folder)
    let base = arguments(dataSet, folder.file("out")) + ["--limit", "1"]
    #expect(try CommandLineTool(base).exitCode == 0)
    let before = try contents(of: folder.file("out"))
    let other = try CommandLineTool(base + ["--seed", "1"])
    #expect(other.exitCode == 4)
    #expect(other.errors.contains("seed"))
    #expect(try contents(of: folder.file("out")) == before)
    let missing = try CommandLineTool(["merge", folder.file("out"), "--output", folder.file("merged")])
    #expect(missing.exitCode == 0)
  }

  @Test func missingShardsAreNamed() throws {
    let folder = try TemporaryFolder()
    let dataSet = try makeDataSet(in: folder)
    let shard = arguments(dataSet, folder.file("shard")) + ["--limit", "3", "--shard", "2/2"]
    #expect(try CommandLineTool(shard).exitCode == 0)
    let incomplete = try CommandLineTool(["merge", folder.file("shard"), "--output", folder.file("merged")])
    #expect(incomplete.exitCode == 4)
    #expect(incomplete.errors.contains("2 of 3 records are missing: 0, 2"))
    let partial = try CommandLineTool(["merge", folder.file("shard"), "--output", folder.file("merged"), "--partial"])
    #expect(partial.exitCode == 0)
  }

  @Test(arguments: [
    ["--metrics", "nothing"], ["--methods", "nothing"], ["--shard", "0/2"], ["--shard", "3/2"], ["--shard", "x"],
    ["--insertion-substrate", "grey"], ["--road-percentages", "0"], ["--steps", "0"], ["--confidence", "1"],
  ])
  func senselessOptionsAreRefused(options: [String]) throws {
    let folder = try TemporaryFolder()
    let tool = try CommandLineTool(["evaluate", model, folder.path, "--output", folder.file("out")] + options)
    #expect(tool.exitCode == 64)
  }
}
