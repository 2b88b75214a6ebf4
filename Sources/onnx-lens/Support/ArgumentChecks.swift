import ArgumentParser

/// The name and the number of an argument of `--set`.
///
/// - Parameter example: shown where the argument is no such pair.
func methodSetting(_ argument: String, example: String) throws -> (name: String, value: Double) {
  let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
  guard parts.count == 2, !parts[0].isEmpty, let value = Double(parts[1]), value.isFinite else {
    throw ValidationError("--set \(argument): a name and a number are expected, such as \(example)")
  }
  return (String(parts[0]), value)
}

/// - Throws: where `--batch` is given and out of range.
func check(batch: Int?) throws {
  if let batch, !(1...4096).contains(batch) {
    throw ValidationError("--batch \(batch): a number from 1 to 4096 is expected")
  }
}
