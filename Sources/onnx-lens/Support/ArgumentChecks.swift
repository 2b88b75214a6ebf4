import ArgumentParser

/// - Throws: where `--batch` is given and out of range.
func check(batch: Int?) throws {
  if let batch, !(1...4096).contains(batch) {
    throw ValidationError("--batch \(batch): a number from 1 to 4096 is expected")
  }
}
