import ArgumentParser
import Foundation
import OnnxLens

/// The classes that a model sees in pictures.
struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify", abstract: "Print the classes that a model sees in pictures.")

  @OptionGroup var source: ClassifierOptions

  @Option(help: ArgumentHelp("How many classes to print.", valueName: "k"))
  var top = 5

  @OptionGroup var common: CommonOptions

  private struct Document: Encodable {
    struct Input: Encodable {
      let input: String
      let top: [Entry]
    }

    struct Entry: Encodable {
      let index: Int
      let name: String?
      let probability: Double
      let logit: Double
    }

    let model: String
    let inputs: [Input]
  }

  func validate() throws {
    guard top >= 1 else { throw ValidationError("--top \(top): a number from 1 on is expected") }
  }

  func run() throws {
    let pipeline = try ClassifierPipeline(source, common)
    var results: [Document.Input] = []
    let failures = try pipeline.forEachInput { input in
      let logits = try input.classifier.logits(of: input.network.tensor)
      let ranking = ClassRanking(logits: logits, head: input.classifier.head)
      let entries = ranking.top(top).map { index in
        Document.Entry(
          index: index, name: pipeline.labels?.names[index], probability: ranking.probabilities[index],
          logit: Double(logits[index]))
      }
      results.append(.init(input: input.path, top: entries))
      if !common.json { printText(input.path, entries) }
    }
    if common.json { Console.printJSON(Document(model: source.model, inputs: results)) }
    if let first = failures.first { throw first }
  }

  private func printText(_ path: String, _ entries: [Document.Entry]) {
    Console.print(path)
    for entry in entries {
      let percent = String(format: "%6.2f %%", entry.probability * 100)
      let logit = String(format: "%8.3f", entry.logit)
      Console.print("  \(percent)  \(logit)  \(entry.index)\(entry.name.map { " " + $0 } ?? "")")
    }
  }
}
