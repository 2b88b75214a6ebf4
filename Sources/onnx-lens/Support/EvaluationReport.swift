import OnnxLens

/// The end of evaluate and merge: tables, curves, and what is printed.
struct EvaluationReport {
  let output: String
  let common: CommonOptions
  /// Whether a page is to be written too.
  let writesPage: Bool

  /// - Parameter isWhole: whether tables and curves are to be written.
  /// - Throws: `Failure` where a picture gave no numbers or not all.
  func finish(_ records: [EvaluationRecord], _ protocol: EvaluationProtocol, isWhole: Bool) throws {
    let summary = EvaluationSummary(records, `protocol`)
    let files = isWhole ? try EvaluationFiles.write(summary, to: output, report: writesPage) : []
    if common.json {
      Console.printJSON(EvaluationDocument(summary, output: output))
    } else {
      Console.write(summary.text, to: .standardOutput)
      for file in files { Console.print("  \(file)") }
    }
    guard let first = summary.failures.first else { return }
    throw Failure(
      .mismatched,
      "\(summary.failures.count) of \(summary.count) records have errors, the first \(first.file): \(first.firstError)")
  }
}
