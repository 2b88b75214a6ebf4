public import Execution
import GraphIR
public import OnnxFormat
public import Tensors

/// A model held against a golden.
public struct Verification: Sendable {
  public let golden: Golden
  public let model: String
  public let tolerance: ToleranceSet
  public let inputs: [Input]

  /// Whether the model does for all inputs what the golden says.
  public var holds: Bool { inputs.allSatisfy(\.holds) }

  /// What is compared, and with what.
  public struct Options: Sendable {
    /// nil takes the golden's own, and `fp32-reexport` where it has none.
    public var tolerance: ToleranceSet?
    /// Takes the place of the golden's outputs, and adds inner values.
    public var references: ReferenceOutputs?
    /// Run each part of the model whose result differs again, on the golden's own values, also below the first difference
    /// that begins in a part.
    public var isolatesAll = false
    public var limits = Limits.default

    public init() {}
  }

  /// Runs the model on the golden's inputs and compares.
  ///
  /// - Parameters:
  ///   - prepare: makes a data set's picture into the model's input as it is made now; nil where that is not known.
  ///   - progress: called with the data sets done and their number.
  /// - Throws: `RegressionError`, `ModelError`, `FileError` where the golden is not whole or does not fit the model;
  ///   `ExecutionError` where the model does not run.
  public init(
    of session: Session, model: String, against golden: Golden, _ options: Options = Options(),
    prepare: (GoldenManifest.DataSet) throws -> Tensor? = { _ in nil }, progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    tolerance = options.tolerance ?? golden.manifest?.tolerance ?? ToleranceSet(.fp32Reexport)
    self.golden = golden
    self.model = model
    var inputs: [Input] = []
    for (index, dataSet) in golden.dataSets.enumerated() {
      progress(index, golden.dataSets.count)
      let recorded = golden.manifest?.dataSets[index]
      let run = VerificationRun(
        session: session, golden: golden, dataSet: dataSet, index: index, recorded: recorded, tolerance: tolerance,
        options: options)
      let prepared = try recorded.flatMap(prepare)
      do {
        inputs.append(try run.compare(prepared: prepared))
      } catch let error as ExecutionError where error.nodes.isEmpty {
        throw RegressionError(error.kind, "\(golden.place(of: dataSet)) does not fit \(model): \(error.message)")
      }
    }
    progress(golden.dataSets.count, golden.dataSets.count)
    self.inputs = inputs
  }
}
