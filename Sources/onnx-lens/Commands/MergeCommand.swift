import ArgumentParser
import OnnxLens

/// Puts the shards of an evaluation together.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Put the shards of an evaluation together.",
    discussion: """
      The folders are those that evaluate --shard wrote, in any order. All must be of one evaluation, and together hold \
      every record. The output folder then has the same bytes as that of an evaluation without --shard.
      """)

  @Argument(help: "The shards' folders.")
  var folders: [String]

  @Option(help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var output: String

  @Flag(help: "Take what is there where records are missing.")
  var partial = false

  @Flag(help: "Also write a page (HTML, one file) with tables and curves.")
  var report = false

  @OptionGroup var common: CommonOptions

  func run() throws {
    let (`protocol`, records) = try EvaluationFolder.merged(folders, allowsMissing: partial)
    let folder = try OutputFolder(output)
    try EvaluationFolder.write(records, `protocol`, to: folder.path)
    try EvaluationReport(output: folder.path, common: common, writesPage: report).finish(
      records.values.map(\.record), `protocol`, isWhole: true)
  }
}
