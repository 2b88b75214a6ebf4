/// How a conformance case ended.
public enum ConformanceOutcome: Sendable, Hashable {
  /// All outputs of all data sets are of the expected types and shapes, and near enough to the expected values.
  case passed

  /// It ran and gave something else, or broke off for a reason other than being unsupported.
  case failed(String)

  /// The model needs something that is not implemented.
  ///
  /// - Parameters:
  ///   - what: in a word or two, such as `operator Loop`; stable, for manifests.
  ///   - message: the error's text.
  case unsupported(what: String, message: String)
}
